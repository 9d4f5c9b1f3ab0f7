/** A token that was found where it should not be: itself, or its SHA-256. */
export interface ApiKeyLeakReport {
  token?: string
  /** SHA-256 of the token's text, in hexadecimal. */
  hash?: string
}

export interface ApiKeyManagerReportLeakArgs {
  /** 1 to 1,000. */
  reports: Array<ApiKeyLeakReport>
  /** Kept with the keys that are revoked; at most 500 characters. Default `leaked`. */
  reason?: string
}

export interface ApiKeyLeakFinding {
  /** Null where it is no key of this service. */
  keyId: string | null
  customerId: string | null
  /** Whether this report has ended the key; false for one that was revoked before. */
  revoked: boolean
}

/** In the order of the reports. */
export interface ApiKeyLeakFindings {
  items: Array<ApiKeyLeakFinding>
}
