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
              "description": "The plan that bounds what the customer uses: the one it was put on last, else the one it was made with."
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
        "AccountManagerCreditArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "network": {
              "$ref": "#/components/schemas/PaymentNetwork"
            },
            "amount": {
              "$ref": "#/components/schemas/Amount",
              "description": "More than 0; digits alone, without zeros before them. A balance goes up to 2^63 - 1 ncheq."
            },
            "reason": {
              "type": "string",
              "description": "1 to 500 characters, none of them a control character. Blanks around it are cut off. The customer sees it."
            },
            "idempotencyKey": {
              "type": "string",
              "description": "1 to 255 characters, none of them a control character. It counts for this customer alone: the same key with the same arguments is the same transaction, however often; with other arguments it is a `conflict`."
            }
          },
          "required": [
            "customerId",
            "network",
            "amount",
            "reason",
            "idempotencyKey"
          ]
        },
        "PaymentNetwork": {
          "type": "string",
          "enum": [
            "mainnet",
            "testnet"
          ],
          "description": "The networks of the cheqd ledger that customers pay on."
        },
        "Amount": {
          "type": "object",
          "properties": {
            "denom": {
              "type": "string",
              "const": "ncheq"
            },
            "amount": {
              "type": "string",
              "description": "A whole number as decimal text, such as `50000000000` for 50 CHEQ."
            }
          },
          "required": [
            "denom",
            "amount"
          ],
          "description": "Money in the minor unit: 1 CHEQ = 10^9 ncheq."
        },
        "Transaction": {
          "type": "object",
          "properties": {
            "transactionId": {
              "type": "string",
              "description": "No two transactions of a customer have the same."
            },
            "type": {
              "$ref": "#/components/schemas/TransactionType"
            },
            "network": {
              "$ref": "#/components/schemas/PaymentNetwork"
            },
            "amount": {
              "$ref": "#/components/schemas/Amount",
              "description": "More than 0, in whichever direction."
            },
            "direction": {
              "type": "string",
              "enum": [
                "in",
                "out"
              ],
              "description": "`in` raises the balance."
            },
            "source": {
              "$ref": "#/components/schemas/BalanceSource",
              "description": "Whose balance it is that changed."
            },
            "reason": {
              "type": [
                "string",
                "null"
              ],
              "description": "What was said when it was made; null where nothing was."
            },
            "method": {
              "type": "string",
              "description": "The agent method that was paid for."
            },
            "meter": {
              "type": "string",
              "description": "What was counted, such as `did.create`."
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC."
            }
          },
          "required": [
            "transactionId",
            "type",
            "network",
            "amount",
            "direction",
            "source",
            "reason",
            "createdAt"
          ],
          "description": "Money that has moved, for good."
        },
        "TransactionType": {
          "type": "string",
          "enum": [
            "credit",
            "deposit",
            "charge",
            "refund",
            "withdrawal"
          ],
          "description": "`credit` is given by the operator, `deposit` comes from outside, `charge` pays for what was used, `refund` gives back what was charged, `withdrawal` leaves."
        },
        "BalanceSource": {
          "type": "string",
          "enum": [
            "credit",
            "deposit"
          ],
          "description": "`credit` is money that the operator gave, `deposit` the customer's own."
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
        "AccountManagerGetBalancesArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            }
          }
        },
        "AccountBalances": {
          "type": "object",
          "properties": {
            "balances": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/Balance"
              },
              "description": "Always four: credit, then deposit, on mainnet and then on testnet."
            }
          },
          "required": [
            "balances"
          ]
        },
        "Balance": {
          "type": "object",
          "properties": {
            "network": {
              "$ref": "#/components/schemas/PaymentNetwork"
            },
            "source": {
              "$ref": "#/components/schemas/BalanceSource"
            },
            "available": {
              "$ref": "#/components/schemas/Amount",
              "description": "What can be spent now."
            },
            "held": {
              "$ref": "#/components/schemas/Amount",
              "description": "What calls that run now have set aside. It is no part of what is available."
            }
          },
          "required": [
            "network",
            "source",
            "available",
            "held"
          ]
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
        },
        "AccountManagerListTransactionsArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "network": {
              "$ref": "#/components/schemas/PaymentNetwork",
              "description": "Default: both."
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
        "TransactionPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/Transaction"
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
        "accountManagerCredit": {
          "description": "Gives a customer money, once for each idempotency key. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerCreditArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Transaction"
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
        "accountManagerGetBalances": {
          "description": "Returns what a customer has to pay with.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerGetBalancesArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/AccountBalances"
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
        },
        "accountManagerListTransactions": {
          "description": "Lists the money that has come to a customer and gone from it, newest first. What is only set aside is not on it.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerListTransactionsArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/TransactionPage"
          }
        }
      }
    }
  }
}