import type { Environment } from '@marcbachmann/cel-js'

/**
 * Numbers of a payload are CEL doubles, and numbers written in an expression are CEL ints, between which
 * CEL has no arithmetic. Nobody who writes `line.qty * 2` wants to know that.
 */
export function registerNumbers(environment: Environment): void {
  const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  }
  for (const [operator, calculate] of Object.entries(operations)) {
    environment.registerOperator(`double ${operator} int`, (a: number, b: bigint) =>
      calculate(a, Number(b)),
    )
    environment.registerOperator(`int ${operator} double`, (a: bigint, b: number) =>
      calculate(Number(a), b),
    )
  }
}
