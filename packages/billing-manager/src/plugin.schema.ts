export const schema = {
  "IBillingManager": {
    "components": {
      "schemas": {
        "BillingManagerGetUsageArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            }
          }
        },
        "BillingUsage": {
          "type": "object",
          "properties": {
            "plan": {
              "type": "string"
            },
            "period": {
              "$ref": "#/components/schemas/BillingPeriod"
            },
            "meters": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/MeterUsage"
              }
            },
            "next": {
              "$ref": "#/components/schemas/NextPlan",
              "description": "Where a change of plan is agreed, or follows a trial."
            }
          },
          "required": [
            "plan",
            "period",
            "meters"
          ]
        },
        "BillingPeriod": {
          "type": "object",
          "properties": {
            "start": {
              "type": "string"
            },
            "end": {
              "type": "string",
              "description": "The first instant after it."
            }
          },
          "required": [
            "start",
            "end"
          ],
          "description": "A trial has one period, which stays when it is over."
        },
        "MeterUsage": {
          "type": "object",
          "properties": {
            "meter": {
              "type": "string"
            },
            "used": {
              "type": "number",
              "description": "Units that calls of this period have used, paid or not."
            },
            "held": {
              "type": "number",
              "description": "Units that calls which run now have set aside."
            },
            "limit": {
              "type": "number",
              "description": "Units that the plan gives per period."
            },
            "remaining": {
              "type": "number",
              "description": "Units of the limit that are left. Zero after a trial, as is the limit."
            },
            "resetsAt": {
              "type": [
                "string",
                "null"
              ],
              "description": "ISO 8601, UTC, as all times; when the limit is given anew. Null where it is not: a trial has one period."
            },
            "overage": {
              "$ref": "#/components/schemas/MeterOverage",
              "description": "Whether units beyond the limit are sold, and for how much each."
            },
            "limits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/LimitUsage"
              },
              "description": "All limits of the meter, where they are more than one for each month or for a trial."
            }
          },
          "required": [
            "meter",
            "used",
            "held",
            "limit",
            "remaining",
            "resetsAt",
            "overage"
          ],
          "description": "What a meter gives a customer in a period, and what is left of it. Of a meter that has several limits: the one that has least left."
        },
        "MeterOverage": {
          "type": "object",
          "properties": {
            "allowed": {
              "type": "boolean"
            },
            "price": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/Amount"
                },
                {
                  "type": "null"
                }
              ],
              "description": "Null where none is sold."
            }
          },
          "required": [
            "allowed",
            "price"
          ]
        },
        "Amount": {
          "type": "object",
          "properties": {
            "denom": {
              "type": "string",
              "const": "ncheq"
            },
            "amount": {
              "type": "string"
            }
          },
          "required": [
            "denom",
            "amount"
          ],
          "description": "Money in the minor unit: 1 CHEQ = 10^9 ncheq. `amount` is a decimal string."
        },
        "LimitUsage": {
          "type": "object",
          "properties": {
            "per": {
              "type": "string",
              "enum": [
                "day",
                "week",
                "month",
                "year",
                "total",
                "trial"
              ]
            },
            "hard": {
              "type": "boolean",
              "description": "Whether it holds for all units, whoever pays."
            },
            "used": {
              "type": "number"
            },
            "held": {
              "type": "number"
            },
            "limit": {
              "type": "number",
              "description": "With what has gone over from the periods before."
            },
            "remaining": {
              "type": "number"
            },
            "resetsAt": {
              "type": [
                "string",
                "null"
              ]
            }
          },
          "required": [
            "per",
            "hard",
            "used",
            "held",
            "limit",
            "remaining",
            "resetsAt"
          ]
        },
        "NextPlan": {
          "type": "object",
          "properties": {
            "plan": {
              "type": "string"
            },
            "at": {
              "type": "string"
            }
          },
          "required": [
            "plan",
            "at"
          ]
        },
        "BillingManagerGrantCreditArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "integer",
              "minimum": 1
            },
            "priority": {
              "type": "integer",
              "description": "Lower is used first. Default 100."
            },
            "expiresAt": {
              "type": "string",
              "description": "ISO 8601, in the future. Default: never."
            },
            "reason": {
              "type": "string",
              "description": "1 to 500 characters."
            },
            "idempotencyKey": {
              "type": "string",
              "description": "The same key and arguments again: the same grant."
            }
          },
          "required": [
            "customerId",
            "meter",
            "units",
            "reason",
            "idempotencyKey"
          ]
        },
        "BillingGrant": {
          "type": "object",
          "properties": {
            "grantId": {
              "type": "string"
            },
            "customerId": {
              "type": "string"
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "number"
            },
            "priority": {
              "type": "number"
            },
            "expiresAt": {
              "type": [
                "string",
                "null"
              ]
            },
            "reason": {
              "type": "string"
            },
            "createdAt": {
              "type": "string"
            }
          },
          "required": [
            "grantId",
            "customerId",
            "meter",
            "units",
            "priority",
            "expiresAt",
            "reason",
            "createdAt"
          ]
        },
        "BillingManagerListGrantsArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "meter": {
              "type": "string",
              "description": "Only grants of this meter."
            },
            "limit": {
              "type": "integer",
              "description": "1 to 100. Default 50.",
              "minimum": 1,
              "maximum": 100
            },
            "cursor": {
              "type": "string",
              "description": "The `nextCursor` of the page before."
            }
          }
        },
        "BillingGrantPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/BillingGrantBalance"
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
        "BillingGrantBalance": {
          "type": "object",
          "properties": {
            "grantId": {
              "type": "string"
            },
            "customerId": {
              "type": "string"
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "number"
            },
            "priority": {
              "type": "number"
            },
            "expiresAt": {
              "type": [
                "string",
                "null"
              ]
            },
            "reason": {
              "type": "string"
            },
            "createdAt": {
              "type": "string"
            },
            "remaining": {
              "type": "number",
              "description": "Units that calls may still use. Zero once it has expired."
            },
            "expired": {
              "type": "boolean"
            }
          },
          "required": [
            "createdAt",
            "customerId",
            "expired",
            "expiresAt",
            "grantId",
            "meter",
            "priority",
            "reason",
            "remaining",
            "units"
          ],
          "description": "A grant, and what is left of it."
        },
        "BillingManagerListPlansArgs": {
          "type": "object",
          "properties": {
            "plan": {
              "type": "string",
              "description": "Only this plan."
            }
          }
        },
        "BillingPlanList": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/BillingPlan"
              }
            }
          },
          "required": [
            "items"
          ]
        },
        "BillingPlan": {
          "type": "object",
          "properties": {
            "plan": {
              "type": "string"
            },
            "version": {
              "type": "number",
              "description": "Starts at 1; a changed plan is a new version."
            },
            "trialDays": {
              "type": [
                "number",
                "null"
              ],
              "description": "Days of a plan that ends by itself; null where it goes on by the month."
            },
            "meters": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/PlanMeter"
              }
            },
            "then": {
              "type": "string",
              "description": "The plan that follows a trial, where one does."
            },
            "periods": {
              "type": "string",
              "const": "calendar",
              "description": "Where months, days, weeks and years are the calendar's; else they are counted from the account's first day."
            }
          },
          "required": [
            "plan",
            "version",
            "trialDays",
            "meters"
          ]
        },
        "PlanMeter": {
          "type": "object",
          "properties": {
            "meter": {
              "type": "string"
            },
            "limit": {
              "type": "number",
              "description": "Units of the plan's own period, a month or a trial, where they are limited; else of the first limit."
            },
            "overage": {
              "$ref": "#/components/schemas/MeterOverage"
            },
            "limits": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/PlanLimit"
              },
              "description": "All limits of the meter, where they are more than one for each month or for a trial."
            }
          },
          "required": [
            "meter",
            "limit",
            "overage"
          ]
        },
        "PlanLimit": {
          "type": "object",
          "properties": {
            "per": {
              "type": "string",
              "enum": [
                "day",
                "week",
                "month",
                "year",
                "total",
                "trial"
              ]
            },
            "limit": {
              "type": "number"
            },
            "hard": {
              "type": "boolean",
              "description": "Whether it holds for all units, whoever pays."
            },
            "rollover": {
              "type": "number",
              "description": "How many unused units may go over into the next period."
            }
          },
          "required": [
            "per",
            "limit",
            "hard",
            "rollover"
          ]
        },
        "BillingManagerQuoteArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "method": {
              "type": "string",
              "description": "The agent method that would be called."
            },
            "args": {
              "type": "object",
              "description": "Its arguments."
            },
            "environment": {
              "type": "string",
              "enum": [
                "live",
                "test"
              ],
              "description": "Whose balances would pay. Default: the environment of the calling key, else `live`."
            }
          },
          "required": [
            "method"
          ]
        },
        "BillingQuote": {
          "type": "object",
          "properties": {
            "meter": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null for a free method."
            },
            "units": {
              "type": "number"
            },
            "coveredBy": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/BillingSource"
              }
            },
            "price": {
              "$ref": "#/components/schemas/Amount",
              "description": "What it costs from credit and deposit. Zero where the plan pays, and where the plan sells no more."
            },
            "affordable": {
              "type": "boolean",
              "description": "Whether the call would be let through now."
            }
          },
          "required": [
            "meter",
            "units",
            "coveredBy",
            "price",
            "affordable"
          ],
          "description": "Who would pay for a call: the plan, a grant, credit or deposit; several where it takes several. Nobody for a free method, nor where the call would not be let through."
        },
        "BillingSource": {
          "type": "string",
          "enum": [
            "allowance",
            "grant",
            "credit",
            "deposit"
          ]
        },
        "BillingManagerReserveArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "method": {
              "type": "string"
            },
            "args": {
              "type": "object"
            },
            "environment": {
              "type": "string",
              "enum": [
                "live",
                "test"
              ],
              "description": "Default `live`."
            },
            "keyId": {
              "type": "string",
              "description": "The key that calls, for the record."
            },
            "idempotency": {
              "$ref": "#/components/schemas/ReservationIdempotency",
              "description": "Makes a repeated call answer once."
            }
          },
          "required": [
            "customerId",
            "method"
          ]
        },
        "ReservationIdempotency": {
          "type": "object",
          "properties": {
            "key": {
              "type": "string",
              "description": "1 to 255 characters."
            },
            "digest": {
              "type": "string",
              "description": "SHA-256 of the canonical arguments, hex."
            }
          },
          "required": [
            "key",
            "digest"
          ]
        },
        "ReserveDecision": {
          "type": "object",
          "properties": {
            "decision": {
              "type": "string",
              "enum": [
                "free",
                "reserved",
                "denied",
                "replayed",
                "refused"
              ]
            },
            "reservationId": {
              "type": "string",
              "description": "With `reserved`. Also the id that rows carry which the call writes."
            },
            "usage": {
              "$ref": "#/components/schemas/MeterUsage",
              "description": "With `reserved` and `denied`; what is set aside is in it. Other calls of the customer may be too."
            },
            "denial": {
              "$ref": "#/components/schemas/ReserveDenial",
              "description": "With `denied`."
            },
            "answer": {
              "$ref": "#/components/schemas/RecordedAnswer",
              "description": "With `replayed`: what was recorded."
            },
            "refusal": {
              "$ref": "#/components/schemas/IdempotencyRefusal",
              "description": "With `refused`."
            }
          },
          "required": [
            "decision"
          ],
          "description": "What was decided. `free`: run it, nothing to settle. `reserved`: run it, then settle or void. `denied`: do not run it. `replayed`: do not run it, the first answer is here. `refused`: do not run it, the idempotency key says why."
        },
        "ReserveDenial": {
          "type": "object",
          "properties": {
            "code": {
              "type": "string",
              "enum": [
                "limit_exhausted",
                "balance_insufficient",
                "key_budget_exhausted"
              ],
              "description": "`key_budget_exhausted`: the budget of the key is used up, whatever its customer has."
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "number"
            },
            "price": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/Amount"
                },
                {
                  "type": "null"
                }
              ],
              "description": "What the units cost that the plan does not cover; null where the plan sells none."
            },
            "available": {
              "$ref": "#/components/schemas/Amount",
              "description": "What of it can be paid now. Topping up the difference is enough. Zero where the plan sells none."
            },
            "missing": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/Amount"
                },
                {
                  "type": "null"
                }
              ],
              "description": "What a top-up must bring at least; null where the plan sells none."
            },
            "network": {
              "$ref": "#/components/schemas/BillingNetwork"
            },
            "topUpAddress": {
              "type": [
                "string",
                "null"
              ],
              "description": "The address to top up at; null where the customer has none."
            },
            "resetsAt": {
              "type": [
                "string",
                "null"
              ],
              "description": "When all limits that stand in the way are given anew; null where one never is."
            },
            "keyId": {
              "type": "string",
              "description": "With `key_budget_exhausted`: whose budget it is, the first key of the rotation or one that made it."
            }
          },
          "required": [
            "code",
            "meter",
            "units",
            "price",
            "available",
            "missing",
            "network",
            "topUpAddress",
            "resetsAt"
          ]
        },
        "BillingNetwork": {
          "type": "string",
          "enum": [
            "mainnet",
            "testnet"
          ]
        },
        "RecordedAnswer": {
          "type": "object",
          "properties": {
            "ok": {
              "type": "boolean"
            },
            "body": {
              "type": "string",
              "description": "JSON text of the result, or of `{ code, status, detail, title, extensions }`."
            }
          },
          "required": [
            "ok",
            "body"
          ],
          "description": "The answer of a call: its result as JSON text, or the error that it ended with."
        },
        "IdempotencyRefusal": {
          "type": "object",
          "properties": {
            "code": {
              "type": "string",
              "enum": [
                "idempotency_running",
                "idempotency_mismatch",
                "answer_lost",
                "answer_withheld",
                "outcome_pending"
              ],
              "description": "`idempotency_running`: the first call has not ended (409). `idempotency_mismatch`: the key was used with other arguments (422). `answer_lost`: a crash lost the answer of what was made (409). `answer_withheld`: the answer was a secret, which is not kept (409). `outcome_pending`: what became of the first call's transaction is not known yet (409)."
            },
            "made": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/MadeThing"
              },
              "description": "What the first call made, where that is known."
            },
            "transaction": {
              "$ref": "#/components/schemas/SentTransaction",
              "description": "With `outcome_pending`: what the first call was about to send."
            }
          },
          "required": [
            "code"
          ]
        },
        "MadeThing": {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string"
            },
            "id": {
              "type": "string"
            }
          },
          "required": [
            "kind",
            "id"
          ],
          "description": "Something that a call stored."
        },
        "SentTransaction": {
          "type": "object",
          "properties": {
            "network": {
              "type": "string"
            },
            "txHash": {
              "type": "string"
            }
          },
          "required": [
            "network",
            "txHash"
          ],
          "description": "A transaction that may be on its way to a chain."
        },
        "BillingManagerSetPlanArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "plan": {
              "type": "string",
              "description": "The plan that the customer is on already: a change that was agreed is cancelled."
            },
            "effective": {
              "type": "string",
              "enum": [
                "now",
                "period_end"
              ],
              "description": "Default: `period_end` for a plan that gives less, `now` for any other. A plan gives less where it gives fewer units of a meter in one of its periods, limits a meter by a period that it was not limited by, or sells no more of one that was sold."
            }
          },
          "required": [
            "customerId",
            "plan"
          ]
        },
        "BillingManagerSettleArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "reservationId": {
              "type": "string"
            },
            "units": {
              "type": "integer",
              "description": "Of a call that did fewer units than were set aside: how many. What would have been drawn for more returns to where it came from. Default: all.",
              "minimum": 0
            },
            "answer": {
              "$ref": "#/components/schemas/RecordedAnswer",
              "description": "The answer to record, where the call has an idempotency key."
            }
          },
          "required": [
            "customerId",
            "reservationId"
          ]
        },
        "ReservationState": {
          "type": "object",
          "properties": {
            "reservationId": {
              "type": "string"
            },
            "state": {
              "type": "string",
              "enum": [
                "reserved",
                "broadcast",
                "settled",
                "voided"
              ]
            }
          },
          "required": [
            "reservationId",
            "state"
          ],
          "description": "How a reservation stands. Of settle, void and recovery one wins; the others find it ended."
        },
        "BillingManagerVerifyBooksArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Only this customer's."
            }
          }
        },
        "BooksReport": {
          "type": "object",
          "properties": {
            "valid": {
              "type": "boolean"
            },
            "checked": {
              "type": "number",
              "description": "Entries of the journal that were read."
            },
            "firstBreak": {
              "$ref": "#/components/schemas/BooksBreak"
            }
          },
          "required": [
            "valid",
            "checked"
          ]
        },
        "BooksBreak": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "seq": {
              "type": "string",
              "description": "The entry that breaks, where it is one."
            },
            "transferId": {
              "type": "string"
            },
            "reason": {
              "type": "string"
            }
          },
          "required": [
            "customerId",
            "reason"
          ]
        },
        "BillingManagerVoidArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "reservationId": {
              "type": "string"
            },
            "answer": {
              "$ref": "#/components/schemas/RecordedAnswer",
              "description": "The error that the call ended with, to be recorded. Without it, the idempotency key may be used again."
            }
          },
          "required": [
            "customerId",
            "reservationId"
          ]
        }
      },
      "methods": {
        "billingManagerGetUsage": {
          "description": "Returns what a customer has used in this period, and what is left.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerGetUsageArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingUsage"
          }
        },
        "billingManagerGrantCredit": {
          "description": "Gives a customer units of a meter, beside the plan. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerGrantCreditArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingGrant"
          }
        },
        "billingManagerListGrants": {
          "description": "Lists a customer's grants, and what is left of each.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerListGrantsArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingGrantPage"
          }
        },
        "billingManagerListPlans": {
          "description": "Lists the plans in force.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerListPlansArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingPlanList"
          }
        },
        "billingManagerQuote": {
          "description": "Says what a call would cost, and who would pay. Changes nothing.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerQuoteArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingQuote"
          }
        },
        "billingManagerReserve": {
          "description": "Sets aside what a call costs. For operators; ",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerReserveArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ReserveDecision"
          }
        },
        "billingManagerSetPlan": {
          "description": "Puts a customer on a plan: at once, or when the period ends. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerSetPlanArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingUsage"
          }
        },
        "billingManagerSettle": {
          "description": "Pays what was set aside. For operators; ",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerSettleArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ReservationState"
          }
        },
        "billingManagerVerifyBooks": {
          "description": "Checks the books, and names the first row that breaks. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerVerifyBooksArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BooksReport"
          }
        },
        "billingManagerVoid": {
          "description": "Gives back what was set aside. For operators; ",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerVoidArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ReservationState"
          }
        }
      }
    }
  },
  "IBillingControls": {
    "components": {
      "schemas": {
        "BillingManagerDeleteKeyBudgetArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "keyId": {
              "type": "string",
              "description": "Any key of the rotation, or one that was made by such a key when it had a budget."
            },
            "meter": {
              "type": "string"
            }
          },
          "required": [
            "keyId",
            "meter"
          ]
        },
        "KeyBudgetDeletion": {
          "type": "object",
          "properties": {
            "deleted": {
              "type": "boolean",
              "description": "False where there was none."
            }
          },
          "required": [
            "deleted"
          ]
        },
        "BillingManagerDeleteWebhookArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            }
          }
        },
        "WebhookDeletion": {
          "type": "object",
          "properties": {
            "deleted": {
              "type": "boolean",
              "description": "False where there was none."
            }
          },
          "required": [
            "deleted"
          ]
        },
        "BillingManagerGetKeyBudgetsArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "keyId": {
              "type": "string",
              "description": "Any key of the rotation, or one that was made by such a key when it had a budget."
            }
          },
          "required": [
            "keyId"
          ]
        },
        "KeyBudgetList": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/KeyBudget"
              }
            }
          },
          "required": [
            "items"
          ]
        },
        "KeyBudget": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "keyId": {
              "type": "string",
              "description": "The key that the budget belongs to: the first of the rotation, or one with a budget that made it."
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "number",
              "description": "What it was set to."
            },
            "remaining": {
              "type": "number",
              "description": "Units that are left. Those that running calls have set aside are gone from it."
            },
            "refill": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/KeyBudgetRefill"
                },
                {
                  "type": "null"
                }
              ],
              "description": "Null: what is used is gone."
            },
            "resetsAt": {
              "type": [
                "string",
                "null"
              ],
              "description": "When it is next refilled; null where it is not."
            },
            "updatedAt": {
              "type": "string"
            }
          },
          "required": [
            "customerId",
            "keyId",
            "meter",
            "units",
            "remaining",
            "refill",
            "resetsAt",
            "updatedAt"
          ],
          "description": "What a key may still use of a meter. The keys that a key is rotated into share its budget."
        },
        "KeyBudgetRefill": {
          "type": "object",
          "properties": {
            "interval": {
              "type": "string",
              "enum": [
                "day",
                "week",
                "month"
              ]
            },
            "units": {
              "type": "integer",
              "minimum": 0
            }
          },
          "required": [
            "interval",
            "units"
          ],
          "description": "Sets what is left to `units` at the start of each day, week (Monday) or month, in UTC. Nothing is carried over."
        },
        "BillingManagerGetWebhookArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            }
          }
        },
        "BillingWebhook": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "url": {
              "type": "string",
              "description": "https, and a public address."
            },
            "events": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/BillingEventType"
              },
              "description": "What is sent."
            },
            "status": {
              "type": "string",
              "enum": [
                "enabled",
                "disabled"
              ],
              "description": "`disabled`: the endpoint answered 410, and hears nothing more until it is set again."
            },
            "createdAt": {
              "type": "string"
            }
          },
          "required": [
            "customerId",
            "url",
            "events",
            "status",
            "createdAt"
          ],
          "description": "Where a customer hears of its limits. One a customer."
        },
        "BillingEventType": {
          "type": "string",
          "enum": [
            "limit.reached",
            "key_budget.exhausted",
            "trial.ending"
          ]
        },
        "BillingManagerListReservationsArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Only this customer's. Required with `settled` and `voided`."
            },
            "state": {
              "type": "string",
              "enum": [
                "open",
                "reserved",
                "broadcast",
                "settled",
                "voided"
              ],
              "description": "Default `open`: those that are `reserved` or `broadcast`."
            },
            "limit": {
              "type": "number",
              "description": "1 to 100; default 50."
            },
            "cursor": {
              "type": "string",
              "description": "The `nextCursor` of the page before."
            }
          }
        },
        "ReservationPage": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/Reservation"
              }
            },
            "nextCursor": {
              "type": "string"
            }
          },
          "required": [
            "items"
          ]
        },
        "Reservation": {
          "type": "object",
          "properties": {
            "reservationId": {
              "type": "string"
            },
            "customerId": {
              "type": "string"
            },
            "method": {
              "type": "string",
              "description": "The agent method that was called."
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "number"
            },
            "effect": {
              "type": "string",
              "enum": [
                "pure",
                "stored",
                "ledger"
              ],
              "description": "What the method leaves behind, which says how the reservation is resolved after a crash."
            },
            "environment": {
              "type": "string",
              "enum": [
                "live",
                "test"
              ]
            },
            "keyId": {
              "type": [
                "string",
                "null"
              ],
              "description": "The key that called; null where none did."
            },
            "state": {
              "type": "string",
              "enum": [
                "reserved",
                "broadcast",
                "settled",
                "voided"
              ],
              "description": "`reserved` and `broadcast` are open. `broadcast`: its fate is that of its transactions."
            },
            "createdAt": {
              "type": "string",
              "description": "ISO 8601, UTC, as all times."
            },
            "endedAt": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null while it is open."
            },
            "transactions": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/ReservationTransaction"
              },
              "description": "What the call was about to send when it was last heard of, oldest first."
            },
            "resolution": {
              "$ref": "#/components/schemas/ReservationResolution",
              "description": "Present where an operator has ended it by hand."
            }
          },
          "required": [
            "reservationId",
            "customerId",
            "method",
            "meter",
            "units",
            "effect",
            "environment",
            "keyId",
            "state",
            "createdAt",
            "endedAt",
            "transactions"
          ],
          "description": "A metered call, with what became of it."
        },
        "ReservationTransaction": {
          "type": "object",
          "properties": {
            "network": {
              "type": "string"
            },
            "txHash": {
              "type": "string"
            },
            "sender": {
              "type": "string"
            },
            "sequence": {
              "type": "string"
            },
            "timeoutHeight": {
              "type": [
                "string",
                "null"
              ],
              "description": "Null: it may be executed in any block."
            },
            "markedAt": {
              "type": "string"
            },
            "outcome": {
              "type": [
                "string",
                "null"
              ],
              "enum": [
                "settled",
                "voided",
                null
              ],
              "description": "What became of it; null while that is not known, and where an operator or the call itself ended the reservation."
            },
            "reason": {
              "type": [
                "string",
                "null"
              ],
              "description": "Why it was never executed, or has failed."
            },
            "fee": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/Amount"
                },
                {
                  "type": "null"
                }
              ],
              "description": "What the chain took for it; null where that is not known."
            }
          },
          "required": [
            "network",
            "txHash",
            "sender",
            "sequence",
            "timeoutHeight",
            "markedAt",
            "outcome",
            "reason",
            "fee"
          ]
        },
        "Amount": {
          "type": "object",
          "properties": {
            "denom": {
              "type": "string",
              "const": "ncheq"
            },
            "amount": {
              "type": "string"
            }
          },
          "required": [
            "denom",
            "amount"
          ],
          "description": "Money in the minor unit: 1 CHEQ = 10^9 ncheq. `amount` is a decimal string."
        },
        "ReservationResolution": {
          "type": "object",
          "properties": {
            "outcome": {
              "type": "string",
              "enum": [
                "settled",
                "voided"
              ]
            },
            "reason": {
              "type": "string"
            },
            "resolvedBy": {
              "type": [
                "string",
                "null"
              ],
              "description": "The operator's key; null where it was the operator's own code."
            },
            "resolvedAt": {
              "type": "string"
            }
          },
          "required": [
            "outcome",
            "reason",
            "resolvedBy",
            "resolvedAt"
          ]
        },
        "BillingManagerResolveReservationArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string"
            },
            "reservationId": {
              "type": "string"
            },
            "outcome": {
              "type": "string",
              "enum": [
                "settled",
                "voided"
              ],
              "description": "`settled`: what was set aside is paid. `voided`: it is given back."
            },
            "reason": {
              "type": "string",
              "description": "1 to 500 characters, for the record."
            }
          },
          "required": [
            "customerId",
            "reservationId",
            "outcome",
            "reason"
          ]
        },
        "ReservationState": {
          "type": "object",
          "properties": {
            "reservationId": {
              "type": "string"
            },
            "state": {
              "type": "string",
              "enum": [
                "reserved",
                "broadcast",
                "settled",
                "voided"
              ]
            }
          },
          "required": [
            "reservationId",
            "state"
          ],
          "description": "How a reservation stands. Of settle, void and recovery one wins; the others find it ended."
        },
        "BillingManagerSetKeyBudgetArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "keyId": {
              "type": "string",
              "description": "Any key of the rotation, or one that was made by such a key when it had a budget."
            },
            "meter": {
              "type": "string"
            },
            "units": {
              "type": "integer",
              "description": "What the key may use from now on, until it is refilled.",
              "minimum": 0
            },
            "refill": {
              "$ref": "#/components/schemas/KeyBudgetRefill",
              "description": "Default: none."
            }
          },
          "required": [
            "keyId",
            "meter",
            "units"
          ]
        },
        "BillingManagerSetWebhookArgs": {
          "type": "object",
          "properties": {
            "customerId": {
              "type": "string",
              "description": "Customers leave it out; operators name it."
            },
            "url": {
              "type": "string",
              "description": "At most 2,048 characters."
            },
            "events": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/BillingEventType"
              },
              "description": "Default: all."
            }
          },
          "required": [
            "url"
          ]
        },
        "BillingManagerSetWebhookResult": {
          "type": "object",
          "properties": {
            "webhook": {
              "$ref": "#/components/schemas/BillingWebhook"
            },
            "secret": {
              "type": "string",
              "description": "`whsec_` and base64: what signatures are checked with. Shown once; setting the webhook again makes another."
            }
          },
          "required": [
            "webhook",
            "secret"
          ]
        }
      },
      "methods": {
        "billingManagerDeleteKeyBudget": {
          "description": "Lets a key use all that its customer may. No key that has a budget may call it.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerDeleteKeyBudgetArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/KeyBudgetDeletion"
          }
        },
        "billingManagerDeleteWebhook": {
          "description": "Sends nothing more.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerDeleteWebhookArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/WebhookDeletion"
          }
        },
        "billingManagerGetKeyBudgets": {
          "description": "Returns the budgets of a key, with what is left of them.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerGetKeyBudgetsArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/KeyBudgetList"
          }
        },
        "billingManagerGetWebhook": {
          "description": "Returns a customer's webhook, without its secret.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerGetWebhookArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingWebhook"
          }
        },
        "billingManagerListReservations": {
          "description": "Lists metered calls, oldest first. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerListReservationsArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ReservationPage"
          }
        },
        "billingManagerResolveReservation": {
          "description": "Ends a reservation that stays open. Of this, the call and recovery one wins. For operators.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerResolveReservationArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/ReservationState"
          }
        },
        "billingManagerSetKeyBudget": {
          "description": "Bounds what a key may use of a meter, below what its customer may. No key that has a budget may call it.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerSetKeyBudgetArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/KeyBudget"
          }
        },
        "billingManagerSetWebhook": {
          "description": "Says where a customer hears of its limits, by Standard Webhooks. The secret is new each time.",
          "arguments": {
            "$ref": "#/components/schemas/BillingManagerSetWebhookArgs"
          },
          "returnType": {
            "$ref": "#/components/schemas/BillingManagerSetWebhookResult"
          }
        }
      }
    }
  }
}