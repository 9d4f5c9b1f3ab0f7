export const schema = {
  "IApiKeyManager": {
    "components": {
      "schemas": {
        "ApiKeyManagerCreateArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Whose key it is. Customers leave it out; operators name a customer, or `operator`."
            },
            "name": {
              "type": "string",
              "description": "1 to 100 characters."
            },
            "description": {
              "type": "string",
              "description": "At most 500 characters."
            },
            "environment": {
              "$ref": "#/components/schemas/ApiKeyEnvironment",
              "description": "Default `live`. A customer's key makes keys of its own environment alone."
            },
            "network": {
              "type": "string",
              "description": "The only network that the key may spend on: `mainnet` of a live key, `testnet` of a test key. Default: not bound."
            },
            "permissions": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "1 to 200 method names, starts of one with a `*`, or `*`. Default `[\"*\"]`: every method of the role. Never more than the calling key has."
            },
            "expiresAt": {
              "type": "string",
              "description": "ISO 8601 with an offset, in the future. Default one year from now. The key of a customer, or of an operator with less than `*` or bound to a network, makes no key that outlives it: by default the new key then ends with it."
            },
            "rateLimits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyRateLimit"
              },
              "description": "At most 10; all of them hold at once. Default none."
            },
            "allowedIps": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "At most 100 addresses or CIDR ranges, of IPv4 or IPv6, that calls may come from. Default from anywhere."
            }
          },
          "required": [
            "name"
          ]
        },
        "ApiKeyEnvironment": {
          "type": "string",
          "enum": [
            "live",
            "test"
          ],
          "description": "`live` pays from mainnet balances, `test` from testnet's."
        },
        "ApiKeyRateLimit": {
          "type": "object",
          "properties": {
            "name": {
              "type": "string",
              "description": "1 to 50 lower-case letters, digits, `-` and `_`; unique in a key."
            },
            "limit": {
              "type": "integer",
              "minimum": 1
            },
            "windowMs": {
              "type": "integer",
              "minimum": 1
            },
            "scope": {
              "type": "string",
              "enum": [
                "strict",
                "local"
              ],
              "description": "`strict` is exact across processes and restarts, at the price of a write a call. `local` is counted in memory: `n` processes let `n` times the limit through, and a restart begins anew."
            },
            "methods": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "Methods or patterns that the limit counts; `[\"*\"]` for all."
            }
          },
          "required": [
            "name",
            "limit",
            "windowMs",
            "scope",
            "methods"
          ],
          "description": "`limit` calls of the named methods at once, and one more each `windowMs / limit` milliseconds: who calls steadily, at `limit` a window or less, is never refused (the generic cell rate algorithm, ITU-T I.371)."
        },
        "ApiKeyManagerCreateResult": {
          "type": "object",
          "properties": {
            "apiKey": {
              "$ref": "#/components/schemas/ApiKey"
            },
            "token": {
              "type": "string",
              "description": "The secret. It is never shown again."
            }
          },
          "required": [
            "apiKey",
            "token"
          ]
        },
        "ApiKey": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string",
              "description": "Public; the middle part of a token of the service's own making."
            },
            "customerId": {
              "type": "string",
              "description": "Who the key calls for; `operator` for the operator's own keys."
            },
            "name": {
              "type": "string"
            },
            "description": {
              "type": [
                "string",
                "null"
              ]
            },
            "environment": {
              "$ref": "#/components/schemas/ApiKeyEnvironment"
            },
            "network": {
              "type": [
                "string",
                "null"
              ],
              "description": "The only network that the key may spend on; null where it is not bound."
            },
            "start": {
              "type": "string",
              "description": "The public start of the token, `vs_live_<keyId>`; of a token that was made elsewhere its prefix."
            },
            "enabled": {
              "type": "boolean"
            },
            "status": {
              "$ref": "#/components/schemas/ApiKeyStatus"
            },
            "permissions": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "Agent methods that the key may call, those for operators only with an operator's key: exact names, `didManager*`, or `*`."
            },
            "rateLimits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyRateLimit"
              }
            },
            "allowedIps": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "Addresses and CIDR ranges that calls may come from. Empty: from anywhere."
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC, as all times."
            },
            "expiresAt": {
              "type": "string"
            },
            "lastUsedAt": {
              "type": [
                "string",
                "null"
              ]
            },
            "rotatedFrom": {
              "type": [
                "string",
                "null"
              ],
              "description": "The key that this one replaced."
            }
          },
          "required": [
            "keyId",
            "customerId",
            "name",
            "description",
            "environment",
            "network",
            "start",
            "enabled",
            "status",
            "permissions",
            "rateLimits",
            "allowedIps",
            "createdAt",
            "expiresAt",
            "lastUsedAt",
            "rotatedFrom"
          ],
          "description": "An API key as its owner may see it: all but the secret."
        },
        "ApiKeyStatus": {
          "type": "string",
          "enum": [
            "active",
            "disabled",
            "expired",
            "revoked"
          ],
          "description": "Derived from the record and the clock: revoked before expired before disabled before active."
        },
        "ApiKeyManagerGetArgs": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; where an operator names it, the key must be that customer's."
            }
          },
          "required": [
            "keyId"
          ]
        },
        "ApiKeyBudgetKey": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "budgetKeyId": {
              "type": "string",
              "description": "Itself; or the first key of its rotation; or the key that made it, where that had a budget. Never changes, and may be gone."
            }
          },
          "required": [
            "keyId",
            "budgetKeyId"
          ],
          "description": "Whose budget a key draws on in billing."
        },
        "ApiKeyManagerGetUsageArgs": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; where an operator names it, the key must be that customer's."
            },
            "from": {
              "type": "string",
              "description": "ISO 8601 with an offset; the hour or day that it is in is the first. Default 30 days before `to`."
            },
            "to": {
              "type": "string",
              "description": "ISO 8601 with an offset, not included. Default now."
            },
            "granularity": {
              "type": "string",
              "enum": [
                "hour",
                "day"
              ],
              "description": "Default `day`; both in UTC."
            }
          },
          "required": [
            "keyId"
          ]
        },
        "ApiKeyUsage": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyUsageItem"
              }
            }
          },
          "required": [
            "keyId",
            "items"
          ],
          "description": "At most 10,000 items, oldest first; what was used in the last minute may not be among them yet."
        },
        "ApiKeyUsageItem": {
          "type": "object",
          "properties": {
            "start": {
              "type": "string",
              "description": "When the hour or day began."
            },
            "method": {
              "type": "string",
              "description": "`*` where the key was refused before a method was known."
            },
            "outcome": {
              "type": "string",
              "description": "`allowed`, or the code of the decision that refused it."
            },
            "count": {
              "type": "number"
            }
          },
          "required": [
            "start",
            "method",
            "outcome",
            "count"
          ],
          "description": "Calls of one method with one outcome, in one hour or day."
        },
        "ApiKeyManagerImportArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Whose key it is from now on; `operator` for one of the operators' own."
            },
            "name": {
              "type": "string",
              "description": "1 to 100 characters."
            },
            "description": {
              "type": "string",
              "description": "At most 500 characters."
            },
            "environment": {
              "$ref": "#/components/schemas/ApiKeyEnvironment",
              "description": "Default `live`. A customer's key makes keys of its own environment alone."
            },
            "network": {
              "type": "string",
              "description": "The only network that the key may spend on: `mainnet` of a live key, `testnet` of a test key. Default: not bound."
            },
            "permissions": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "1 to 200 method names, starts of one with a `*`, or `*`. Default `[\"*\"]`: every method of the role. Never more than the calling key has."
            },
            "expiresAt": {
              "type": "string",
              "description": "ISO 8601 with an offset, in the future. Default one year from now. The key of a customer, or of an operator with less than `*` or bound to a network, makes no key that outlives it: by default the new key then ends with it."
            },
            "rateLimits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyRateLimit"
              },
              "description": "At most 10; all of them hold at once. Default none."
            },
            "allowedIps": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "At most 100 addresses or CIDR ranges, of IPv4 or IPv6, that calls may come from. Default from anywhere."
            },
            "prefix": {
              "type": "string",
              "description": "What its token begins with: one of those that the service was configured with."
            },
            "hash": {
              "type": "string",
              "description": "SHA-256 of the whole token, prefix included, in hexadecimal."
            }
          },
          "required": [
            "customerId",
            "hash",
            "name",
            "prefix"
          ],
          "description": "A key whose token was made elsewhere. The members that a new key has too mean the same."
        },
        "ApiKeyManagerImportResult": {
          "type": "object",
          "properties": {
            "apiKey": {
              "$ref": "#/components/schemas/ApiKey",
              "description": "Its `start` is the prefix, which is all that is known of its token."
            }
          },
          "required": [
            "apiKey"
          ]
        },
        "ApiKeyManagerListArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name a customer, or `operator`."
            },
            "status": {
              "$ref": "#/components/schemas/ApiKeyStatus"
            },
            "environment": {
              "$ref": "#/components/schemas/ApiKeyEnvironment"
            },
            "name": {
              "type": "string",
              "description": "Part of the name, in upper or lower case."
            },
            "limit": {
              "type": "integer",
              "description": "1 to 100; default 50."
            },
            "cursor": {
              "type": "string",
              "description": "`nextCursor` of the page before."
            }
          }
        },
        "ApiKeyPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKey"
              },
              "description": "Oldest first."
            },
            "nextCursor": {
              "type": "string",
              "description": "Absent on the last page."
            }
          },
          "required": [
            "items"
          ]
        },
        "ApiKeyManagerListAuditLogArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name one, or leave it out to read of all."
            },
            "keyId": {
              "type": "string"
            },
            "action": {
              "$ref": "#/components/schemas/ApiKeyAuditAction"
            },
            "from": {
              "type": "string",
              "description": "Made at this time or after it: ISO 8601 with an offset."
            },
            "to": {
              "type": "string",
              "description": "Made before this time: ISO 8601 with an offset."
            },
            "limit": {
              "type": "integer",
              "description": "1 to 100; default 50."
            },
            "cursor": {
              "type": "string",
              "description": "`nextCursor` of the page before."
            }
          }
        },
        "ApiKeyAuditAction": {
          "type": "string",
          "enum": [
            "create",
            "import",
            "update",
            "rotate",
            "revoke"
          ]
        },
        "ApiKeyAuditLogPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyAuditEntry"
              },
              "description": "Newest first."
            },
            "nextCursor": {
              "type": "string",
              "description": "Absent on the last page."
            }
          },
          "required": [
            "items"
          ]
        },
        "ApiKeyAuditEntry": {
          "type": "object",
          "properties": {
            "entryId": {
              "type": "string"
            },
            "customerId": {
              "type": "string"
            },
            "keyId": {
              "type": "string",
              "description": "The key that was changed; it may be gone since."
            },
            "action": {
              "$ref": "#/components/schemas/ApiKeyAuditAction"
            },
            "actor": {
              "$ref": "#/components/schemas/ApiKeyAuditActor"
            },
            "before": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/ApiKeyAuditValues"
                },
                {
                  "type": "null"
                }
              ],
              "description": "What was there before, of what has changed; null for a new key."
            },
            "after": {
              "$ref": "#/components/schemas/ApiKeyAuditValues",
              "description": "What is there now, of what has changed; all of a new key."
            },
            "reason": {
              "type": [
                "string",
                "null"
              ],
              "description": "What was said when the key was revoked; null where nothing was."
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC."
            }
          },
          "required": [
            "entryId",
            "customerId",
            "keyId",
            "action",
            "actor",
            "before",
            "after",
            "reason",
            "createdAt"
          ],
          "description": "A change of a key, written down in the commit that made it, and never changed or deleted."
        },
        "ApiKeyAuditActor": {
          "type": "object",
          "properties": {
            "role": {
              "type": "string",
              "enum": [
                "customer",
                "operator",
                "code"
              ],
              "description": "`code` is the operator's own code, which calls the agent without an API key."
            },
            "keyId": {
              "type": [
                "string",
                "null"
              ],
              "description": "The API key of the call. Null for `code`, and for a customer who looks at what an operator did."
            }
          },
          "required": [
            "role",
            "keyId"
          ],
          "description": "Who made a change."
        },
        "ApiKeyAuditValues": {
          "type": "object",
          "additionalProperties": {
            "anyOf": [
              {
                "type": "string"
              },
              {
                "type": "boolean"
              },
              {
                "type": "null"
              },
              {
                "type": "array",
                "items": {
                  "type": "string"
                }
              },
              {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/ApiKeyRateLimit"
                }
              }
            ]
          },
          "description": "Members of a key, with their values."
        },
        "ApiKeyManagerReportLeakArgs": {
          "type": "object",
          "properties": {
            "reports": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyLeakReport"
              },
              "description": "1 to 1,000."
            },
            "reason": {
              "type": "string",
              "description": "Kept with the keys that are revoked; at most 500 characters. Default `leaked`."
            }
          },
          "required": [
            "reports"
          ]
        },
        "ApiKeyLeakReport": {
          "type": "object",
          "properties": {
            "token": {
              "type": "string"
            },
            "hash": {
              "type": "string",
              "description": "SHA-256 of the token's text, in hexadecimal."
            }
          },
          "description": "A token that was found where it should not be: itself, or its SHA-256."
        },
        "ApiKeyLeakFindings": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyLeakFinding"
              }
            }
          },
          "required": [
            "items"
          ],
          "description": "In the order of the reports."
        },
        "ApiKeyLeakFinding": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null where it is no key of this service."
            },
            "customerId": {
              "type": [
                "string",
                "null"
              ]
            },
            "revoked": {
              "type": "boolean",
              "description": "Whether this report has ended the key; false for one that was revoked before."
            }
          },
          "required": [
            "keyId",
            "customerId",
            "revoked"
          ]
        },
        "ApiKeyManagerRevokeArgs": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; where an operator names it, the key must be that customer's."
            },
            "reason": {
              "type": "string",
              "description": "Kept with the key; at most 500 characters."
            }
          },
          "required": [
            "keyId"
          ]
        },
        "ApiKeyManagerRotateArgs": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; where an operator names it, the key must be that customer's."
            },
            "overlapSeconds": {
              "type": "integer",
              "description": "How long the old token still answers, never past its own end. 0 to 2,592,000 (30 days); default 0.",
              "minimum": 0,
              "maximum": 2592000
            }
          },
          "required": [
            "keyId"
          ]
        },
        "ApiKeyManagerUpdateArgs": {
          "type": "object",
          "properties": {
            "keyId": {
              "type": "string"
            },
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; where an operator names it, the key must be that customer's."
            },
            "name": {
              "type": "string",
              "description": "1 to 100 characters."
            },
            "description": {
              "type": [
                "string",
                "null"
              ],
              "description": "At most 500 characters; null for none."
            },
            "enabled": {
              "type": "boolean",
              "description": "False: the key is refused until it is true again."
            },
            "network": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null: not bound to one."
            },
            "permissions": {
              "type": "array",
              "items": {
                "type": "string"
              }
            },
            "expiresAt": {
              "type": "string",
              "description": "ISO 8601 with an offset, in the future."
            },
            "rateLimits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyRateLimit"
              }
            },
            "allowedIps": {
              "type": "array",
              "items": {
                "type": "string"
              }
            }
          },
          "required": [
            "keyId"
          ],
          "description": "What is left out stays as it is."
        },
        "ApiKeyManagerVerifyArgs": {
          "type": "object",
          "properties": {
            "token": {
              "type": "string"
            },
            "method": {
              "type": "string",
              "description": "The agent method that is about to be called: the key's permission for it is checked, its rate limits are drawn on, and the call is counted. Leave it out where `tenantAgent` makes the call, which does the same."
            },
            "ip": {
              "type": "string",
              "description": "Where the call comes from. A key that is bound to addresses is refused without."
            }
          },
          "required": [
            "token"
          ]
        },
        "ApiKeyDecision": {
          "type": "object",
          "properties": {
            "valid": {
              "type": "boolean"
            },
            "code": {
              "$ref": "#/components/schemas/ApiKeyVerdict"
            },
            "apiKey": {
              "$ref": "#/components/schemas/ApiKey"
            },
            "principal": {
              "$ref": "#/components/schemas/ApiKeyPrincipal"
            },
            "rateLimits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ApiKeyRateLimitState"
              },
              "description": "Where a method was named and limits count it: what is left of each."
            },
            "retryAfterMs": {
              "type": "number",
              "description": "For `rate_limited`: when the same call would pass, if no other came before."
            }
          },
          "required": [
            "valid",
            "code"
          ],
          "description": "A decision. `apiKey` (as it was when it was last read) and `principal` are there when the key may be used: for `valid`, `permission_denied` and `rate_limited`. They are frozen."
        },
        "ApiKeyVerdict": {
          "type": "string",
          "enum": [
            "valid",
            "malformed",
            "unknown",
            "revoked",
            "expired",
            "disabled",
            "ip_denied",
            "permission_denied",
            "rate_limited"
          ],
          "description": "`valid`, or the first reason why not. `malformed`: mistyped, or not a token at all. `unknown`: not one that this service has made and kept. `ip_denied`: a usable key, but not from this address; `permission_denied`: but not for the method that was named; `rate_limited`: but not yet."
        },
        "ApiKeyPrincipal": {
          "type": "object",
          "properties": {
            "tenantId": {
              "type": "string"
            },
            "role": {
              "type": "string",
              "enum": [
                "customer",
                "operator"
              ]
            },
            "keyId": {
              "type": "string"
            },
            "permissions": {
              "type": "array",
              "items": {
                "type": "string"
              }
            },
            "environment": {
              "$ref": "#/components/schemas/ApiKeyEnvironment"
            },
            "network": {
              "type": "string"
            },
            "rootKeyId": {
              "type": "string",
              "description": "The first key of the chain of rotations that this one ends, where it has been rotated: budgets go by it."
            }
          },
          "required": [
            "tenantId",
            "role",
            "keyId",
            "permissions",
            "environment"
          ],
          "description": "Who calls with the key; what `tenantAgent` takes."
        },
        "ApiKeyRateLimitState": {
          "type": "object",
          "properties": {
            "name": {
              "type": "string"
            },
            "limit": {
              "type": "number"
            },
            "windowMs": {
              "type": "number"
            },
            "remaining": {
              "type": "number",
              "description": "Whole calls that may be made at once."
            },
            "resetAfterMs": {
              "type": "number",
              "description": "Until the limit is whole again, where nothing more is called."
            }
          },
          "required": [
            "name",
            "limit",
            "windowMs",
            "remaining",
            "resetAfterMs"
          ],
          "description": "What one rate limit has left."
        }
      },
      "methods": {
        "apiKeyManagerCreate": {
          "description": "Makes a key and returns its token, which is shown this once. The key may do no more than the one that asks for it.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerCreateArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyManagerCreateResult"
          }
        },
        "apiKeyManagerGet": {
          "description": "Returns one key.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerGetArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKey"
          }
        },
        "apiKeyManagerGetBudgetKey": {
          "description": "Tells which key's budget of billing a key draws on.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerGetArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyBudgetKey"
          }
        },
        "apiKeyManagerGetUsage": {
          "description": "Tells how often a key was used, by hour or day, method and outcome.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerGetUsageArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyUsage"
          }
        },
        "apiKeyManagerImport": {
          "description": "Takes a key over whose token was made elsewhere, by the hash of it. The token stays what it is; the key is like any",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerImportArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyManagerImportResult"
          }
        },
        "apiKeyManagerList": {
          "description": "Lists the keys of a customer, revoked ones included, oldest first.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerListArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyPage"
          }
        },
        "apiKeyManagerListAuditLog": {
          "description": "Lists the changes of keys, newest first: who changed what, when and why. The log outlives the keys.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerListAuditLogArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyAuditLogPage"
          }
        },
        "apiKeyManagerReportLeak": {
          "description": "Revokes the keys whose tokens were found in the open, by token or by hash. For operators and scanners of secrets.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerReportLeakArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyLeakFindings"
          }
        },
        "apiKeyManagerRevoke": {
          "description": "Ends a key at once and for good. Revoking a revoked key is a conflict.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerRevokeArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKey"
          }
        },
        "apiKeyManagerRotate": {
          "description": "Makes a key that takes the place of another, with a token of its own. It may do what the old one may, lasts as long as",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerRotateArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyManagerCreateResult"
          }
        },
        "apiKeyManagerUpdate": {
          "description": "Changes a key, at once in this process and within a second in all others. A key that is revoked cannot be changed.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerUpdateArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKey"
          }
        },
        "apiKeyManagerVerify": {
          "description": "Decides whether a token is that of a usable key. For operators. Does not throw for a bad token, but does where it",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerVerifyArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyDecision"
          }
        }
      }
    }
  }
}