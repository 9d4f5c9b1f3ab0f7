export const schema = {
  "IAccountManager": {
    "components": {
      "schemas": {
        "AccountManagerCheckBalancesArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Default: all customers."
            }
          }
        },
        "BalanceCheck": {
          "type": "object",
          "properties": {
            "emitted": {
              "type": "integer",
              "description": "How many events were emitted."
            }
          },
          "required": [
            "emitted"
          ]
        },
        "AccountManagerCloseArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "reason": {
              "type": "string",
              "description": "1 to 500 characters, none of them a control character; kept in the audit log."
            }
          },
          "required": [
            "customerId"
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
        "AccountManagerCorrectArgs": {
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
              "description": "As in `accountManagerCredit`."
            },
            "direction": {
              "$ref": "#/components/schemas/MoneyDirection",
              "description": "`out` takes credit back, and never more than there is; `in` gives back what was taken by mistake."
            },
            "reason": {
              "type": "string",
              "description": "As in `accountManagerCredit`."
            },
            "idempotencyKey": {
              "type": "string",
              "description": "As in `accountManagerCredit`."
            }
          },
          "required": [
            "customerId",
            "network",
            "amount",
            "direction",
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
        "MoneyDirection": {
          "type": "string",
          "enum": [
            "in",
            "out"
          ],
          "description": "`in` raises the balance."
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
              "$ref": "#/components/schemas/MoneyDirection"
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
            "refundOf": {
              "type": "string",
              "description": "Of a refund: the `transactionId` of the charge that it gives back."
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
            "correction",
            "withdrawal"
          ],
          "description": "`credit` is given by the operator, `deposit` comes from outside, `charge` pays for what was used, `refund` gives back what was charged, `correction` takes back or returns credit that was wrong, `withdrawal` leaves."
        },
        "BalanceSource": {
          "type": "string",
          "enum": [
            "credit",
            "deposit"
          ],
          "description": "`credit` is money that the operator gave, `deposit` the customer's own."
        },
        "AccountManagerCreateArgs": {
          "type": "object",
          "properties": {
            "name": {
              "type": "string",
              "description": "1 to 100 characters, none of them a control character. Blanks around it are cut off. Several may have the same."
            },
            "email": {
              "type": "string",
              "description": "At most 254 characters. No two accounts that are not closed have the same, whatever the case."
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
              "description": "1 to 255 characters, none of them a control character. It counts for this customer and this method alone: the same key with the same arguments is the same transaction, however often; with other arguments it is a `conflict`."
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
        "AccountManagerGetStatementArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "network": {
              "$ref": "#/components/schemas/PaymentNetwork"
            },
            "from": {
              "type": "string",
              "description": "The first instant of the period: ISO 8601, with a time zone. Default: from the beginning."
            },
            "to": {
              "type": "string",
              "description": "The instant after the period: ISO 8601, with a time zone. Default: all that there is when the first page is read."
            },
            "format": {
              "$ref": "#/components/schemas/StatementFormat",
              "description": "Default `json`."
            },
            "limit": {
              "type": "integer",
              "description": "Movements a page, 1 to 100; default 50."
            },
            "cursor": {
              "type": "string",
              "description": "`nextCursor` of the page before, with the other arguments as they were."
            }
          },
          "required": [
            "network"
          ]
        },
        "StatementFormat": {
          "type": "string",
          "enum": [
            "json",
            "csv"
          ]
        },
        "AccountStatement": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "network": {
              "$ref": "#/components/schemas/PaymentNetwork"
            },
            "from": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null: from the beginning."
            },
            "to": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null: all that there was when the first page was read."
            },
            "openingBalance": {
              "$ref": "#/components/schemas/Amount",
              "description": "Before the first movement of the period; the same on each page."
            },
            "closingBalance": {
              "$ref": "#/components/schemas/Amount",
              "description": "After the last movement of the period; the same on each page."
            },
            "movements": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/StatementMovement"
              },
              "description": "Oldest first. Absent in a CSV statement."
            },
            "csv": {
              "type": "string",
              "description": "The page as CSV (RFC 4180): pages put together are the whole file. The first begins with the titles and a row of type `opening`, the last ends with one of type `closing`. The columns are `createdAt`, `transactionId`, `type`, `source`, `in`, `out`, `balance`, `denom`, `reason`, `method`, `meter` and `refundOf`. A cell that a spreadsheet would take for a formula, one that begins with `=`, `+`, `-` or `@`, has an apostrophe before it."
            },
            "nextCursor": {
              "type": "string",
              "description": "Absent on the last page."
            }
          },
          "required": [
            "customerId",
            "network",
            "from",
            "to",
            "openingBalance",
            "closingBalance"
          ],
          "description": "What happened to a customer's money on one network in a period. The opening balance and all movements of all pages add up to the closing balance. Money that calls have set aside counts as the customer's until it is paid: each movement is for good."
        },
        "StatementMovement": {
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
              "$ref": "#/components/schemas/MoneyDirection"
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
            "refundOf": {
              "type": "string",
              "description": "Of a refund: the `transactionId` of the charge that it gives back."
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC."
            },
            "balance": {
              "$ref": "#/components/schemas/Amount",
              "description": "What the customer had on this network after it: credit and deposit, what calls had set aside included."
            }
          },
          "required": [
            "amount",
            "balance",
            "createdAt",
            "direction",
            "network",
            "reason",
            "source",
            "transactionId",
            "type"
          ],
          "description": "A transaction, and what it left."
        },
        "AccountManagerListArgs": {
          "type": "object",
          "properties": {
            "status": {
              "$ref": "#/components/schemas/AccountStatus"
            },
            "plan": {
              "type": "string",
              "description": "Those that are on this plan now."
            },
            "email": {
              "type": "string",
              "description": "The whole address, whatever its case."
            },
            "name": {
              "type": "string",
              "description": "A part of the name, whatever its case."
            },
            "createdFrom": {
              "type": "string",
              "description": "Made at this time or after it: ISO 8601, with a time zone."
            },
            "createdTo": {
              "type": "string",
              "description": "Made before this time: ISO 8601, with a time zone."
            },
            "limit": {
              "type": "integer",
              "description": "1 to 100; default 50."
            },
            "cursor": {
              "type": "string",
              "description": "`nextCursor` of the page before."
            }
          },
          "description": "Filters narrow the list together, and stay the same from page to page."
        },
        "AccountPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/Account"
              },
              "description": "Oldest first. With a filter by plan, a page may be short, or empty, though there are more."
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
        "AccountManagerListAuditLogArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name one, or leave it out to read of all."
            },
            "action": {
              "$ref": "#/components/schemas/AuditAction"
            },
            "from": {
              "type": "string",
              "description": "Made at this time or after it: ISO 8601, with a time zone."
            },
            "to": {
              "type": "string",
              "description": "Made before this time: ISO 8601, with a time zone."
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
        "AuditAction": {
          "type": "string",
          "enum": [
            "create",
            "update",
            "close",
            "credit",
            "refund",
            "correct"
          ]
        },
        "AuditLogPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/AuditEntry"
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
        "AuditEntry": {
          "type": "object",
          "properties": {
            "entryId": {
              "type": "string"
            },
            "customerId": {
              "type": "string"
            },
            "action": {
              "$ref": "#/components/schemas/AuditAction"
            },
            "actor": {
              "$ref": "#/components/schemas/AuditActor"
            },
            "before": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/AuditValues"
                },
                {
                  "type": "null"
                }
              ],
              "description": "What was there before, of what has changed; null where nothing was."
            },
            "after": {
              "$ref": "#/components/schemas/AuditValues",
              "description": "What is there now, of what has changed."
            },
            "reason": {
              "type": [
                "string",
                "null"
              ],
              "description": "What was said when it was made; null where nothing was."
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC."
            }
          },
          "required": [
            "entryId",
            "customerId",
            "action",
            "actor",
            "before",
            "after",
            "reason",
            "createdAt"
          ],
          "description": "A change that was made, written down in the commit that made it, and never changed or deleted."
        },
        "AuditActor": {
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
        "AuditValues": {
          "type": "object",
          "additionalProperties": {
            "type": [
              "string",
              "null"
            ]
          },
          "description": "Members of what was changed, with their values."
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
            "type": {
              "$ref": "#/components/schemas/TransactionType"
            },
            "source": {
              "$ref": "#/components/schemas/BalanceSource"
            },
            "from": {
              "type": "string",
              "description": "Made at this time or after it: ISO 8601, with a time zone."
            },
            "to": {
              "type": "string",
              "description": "Made before this time: ISO 8601, with a time zone."
            },
            "limit": {
              "type": "integer",
              "description": "1 to 100; default 50."
            },
            "cursor": {
              "type": "string",
              "description": "`nextCursor` of the page before."
            }
          },
          "description": "Filters narrow the list together, and stay the same from page to page."
        },
        "TransactionPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/Transaction"
              },
              "description": "Newest first. Where a filter fits few of many, a page may be short, or empty, though there are more."
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
        "AccountManagerRefundArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "transactionId": {
              "type": "string",
              "description": "Of a transaction of type `charge`."
            },
            "amount": {
              "$ref": "#/components/schemas/Amount",
              "description": "Up to what of the charge has not been given back yet, which is the default."
            },
            "reason": {
              "type": "string",
              "description": "As in `accountManagerCredit`."
            },
            "idempotencyKey": {
              "type": "string",
              "description": "As in `accountManagerCredit`."
            }
          },
          "required": [
            "customerId",
            "transactionId",
            "reason",
            "idempotencyKey"
          ]
        },
        "AccountManagerUpdateArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "name": {
              "type": "string",
              "description": "As in `accountManagerCreate`."
            },
            "email": {
              "type": [
                "string",
                "null"
              ],
              "description": "As in `accountManagerCreate`; null takes it away."
            },
            "reason": {
              "type": "string",
              "description": "1 to 500 characters, none of them a control character; kept in the audit log."
            }
          },
          "description": "At least one of `name` and `email`; the other stays as it is."
        }
      },
      "methods": {
        "accountManagerCheckBalances": {
          "description": "Looks for balances that have fallen to a threshold, and emits ",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerCheckBalancesArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BalanceCheck"
          }
        },
        "accountManagerClose": {
          "description": "Closes an account for good, and returns it: it cannot be changed, be given money or be used, and its API keys are",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerCloseArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Account"
          }
        },
        "accountManagerCorrect": {
          "description": "Takes back credit that was given by mistake, or returns it, once for each idempotency key. ",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerCorrectArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Transaction"
          }
        },
        "accountManagerCreate": {
          "description": "Makes a customer and its payment addresses. ",
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
        "accountManagerGetStatement": {
          "description": "Returns what happened to a customer's money on one network in a period, as members or as CSV.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerGetStatementArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/AccountStatement"
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
        "accountManagerListAuditLog": {
          "description": "Lists who changed what of an account, newest first.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerListAuditLogArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/AuditLogPage"
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
        },
        "accountManagerRefund": {
          "description": "Gives back a charge, or a part of it, to the balance that paid it, once for each idempotency key.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerRefundArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Transaction"
          }
        },
        "accountManagerUpdate": {
          "description": "Changes the name or the e-mail address of a customer: the caller itself, or the one that an operator names.",
          "arguments": {
            "$ref": "#/components/schemas/AccountManagerUpdateArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/Account"
          }
        }
      }
    }
  }
}