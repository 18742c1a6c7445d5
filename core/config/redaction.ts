/** Shorter texts would blacken ordinary words. */
const SHORTEST = 4

/** Replaces every one of the secrets in a text, also as it stands in JSON or a URL. */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>()
  for (const secret of secrets) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]) {
      if (form.length >= SHORTEST) forms.add(form)
    }
  }
  // Longest first, so that a secret that holds another leaves nothing over.
  const ordered = [...forms].sort((a, b) => b.length - a.length)
  return text => ordered.reduce((rest, form) => rest.replaceAll(form, '***'), text)
}
