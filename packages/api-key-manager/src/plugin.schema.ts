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
              "description": "Public; the middle part of the token."
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
              "description": "The public start of the token, `vs_live_<keyId>`."
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
              "description": "CIDR ranges that calls may come from. Empty: from anywhere."
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
        "ApiKeyRateLimit": {
          "type": "object",
          "properties": {
            "name": {
              "type": "string"
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
              "description": "`strict` is exact across processes, `local` is counted in each process."
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
          "description": "At most `limit` calls of the named methods in any `windowMs` milliseconds."
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
        "ApiKeyManagerListArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name a customer, or `operator`."
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
        "ApiKeyManagerVerifyArgs": {
          "type": "object",
          "properties": {
            "token": {
              "type": "string"
            },
            "method": {
              "type": "string",
              "description": "The agent method that is about to be called; its permission is checked where it is given."
            },
            "ip": {
              "type": "string",
              "description": "Where the call comes from."
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
            }
          },
          "required": [
            "valid",
            "code"
          ],
          "description": "A decision. `apiKey` and `principal` are there for `valid` and `permission_denied`, when the key may be used."
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
            "permission_denied"
          ],
          "description": "`valid`, or the first reason why not. `malformed`: mistyped, or not a token at all. `unknown`: not one that this service has made and kept. `permission_denied`: a usable key, but not for the method that was named."
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
        "apiKeyManagerList": {
          "description": "Lists the keys of a customer, revoked ones included, oldest first.",
          "arguments": {
            "$ref": "#/components/schemas/ApiKeyManagerListArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ApiKeyPage"
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
        "apiKeyManagerVerify": {
          "description": "Decides whether a token is that of a usable key. For operators. Does not throw for a bad token, but does where the",
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