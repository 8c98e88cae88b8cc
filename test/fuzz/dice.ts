/** The dice of a run: the simulated register's, with what mutators ask most. */
import { Chance } from '../fakes/register/chance.ts'

export class Dice extends Chance {
  /** True once in `times`. */
  once(times: number): boolean {
    return this.whole(times) === 0
  }

  /** One of a list; undefined when it is empty. */
  oneOf<Thing>(things: readonly Thing[]): Thing | undefined {
    return things[this.whole(things.length)]
  }

  /** 1, 2, 4 or more, small ones more often; at most `most`. */
  small(most: number): number {
    return Math.max(1, Math.min(most, 1 << this.whole(1 + this.whole(6))))
  }
}
