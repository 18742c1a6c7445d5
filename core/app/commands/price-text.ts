/** A price with six decimals, or six digits where it is below one (cut, not rounded), as prices are shown everywhere. */
export function priceText(price: string): string {
  return price.replace(/^(0\.0*[1-9]\d{0,5}|[1-9]\d*\.\d{1,6})\d*$/, '$1')
}
