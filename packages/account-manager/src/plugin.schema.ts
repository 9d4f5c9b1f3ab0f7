export const schema = {
  "IAccountManager": {
    "components": {
      "schemas": {
        "AccountManagerCreateArgs": {
          "type": "object",
          "properties": {
            "name": {
              "type": "string",
              "description": "1 to 100 characters, none of them a control character. Blanks around it are cut off."
            },
            "email": {
              "type": "string",
              "description": "At most 254 characters. No two accounts have the same, whatever the case."
            },
            "plan": {
              "type": "string",
              "description": "1 to 100 characters. Default: the plan that the account manager was configured with."
            }
          },
          "required": [
            "name"
          ]
        },
        "Account": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "name": {
              "type": "string"
            },
            "email": {
              "type": [
                "string",
                "null"
              ]
            },
            "plan": {
              "type": "string",
              "description": "The plan that bounds what the customer uses."
            },
            "status": {
              "$ref": "#/components/schemas/AccountStatus"
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC."
            },
            "paymentAccount": {
              "$ref": "#/components/schemas/PaymentAccount"
            }
          },
          "required": [
            "customerId",
            "name",
            "email",
            "plan",
            "status",
            "createdAt",
            "paymentAccount"
          ],
          "description": "A customer. It is the tenant of its data as well: `tenantId === customerId`."
        },
        "AccountStatus": {
          "type": "string",
          "enum": [
            "active",
            "closed"
          ]
        },
        "PaymentAccount": {
          "type": "object",
          "properties": {
            "mainnet": {
              "type": "string"
            },
            "testnet": {
              "type": "string"
            }
          },
          "required": [
            "mainnet",
            "testnet"
          ],
          "description": "Where a customer tops up: one address per network, bech32, `cheqd1…`."
        },
        "AccountManagerGetArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            }
          }
        },
        "AccountManagerListArgs": {
          "type": "object",
          "properties": {
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
        "AccountPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/Account"
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
        }
      },
      "methods": {
        "accountManagerCreate": {
          "description": "Makes a customer and its payment addresses. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerCreateArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Account"
          }
        },
        "accountManagerGet": {
          "description": "Returns one customer: the caller itself, or the one that an operator names.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerGetArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Account"
          }
        },
        "accountManagerList": {
          "description": "Lists the customers, oldest first. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerListArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/AccountPage"
          }
        }
      }
    }
  }
}