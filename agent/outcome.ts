/** What one attempt to deliver means for the document and for the destination. */

export type Outcome =
  /** 2xx with our acknowledgement. `acceptedParked`: kept on the site, shown there, waits for a person there. */
  | {
      readonly kind: 'accepted' | 'acceptedParked' | 'ignored'
      readonly reasons: readonly string[]
      readonly answer: string
    }
  /** The world: again later, for ever. */
  | { readonly kind: 'retry'; readonly why: string; readonly notBefore?: number }
  /** This one document: show it, wait for a person. */
  | { readonly kind: 'park'; readonly why: string }
  /** The address, the key or the certificate: alarm, then probe slowly with `pos.test`. */
  | { readonly kind: 'stopDestination'; readonly why: string }
