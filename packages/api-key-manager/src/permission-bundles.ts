import { isPermitted, kitErrors } from '@veramo-studio/plugin-kit'

const NAME = /^[a-z][a-zA-Z0-9]*$/

/** Names for lists of permissions, so that a key can be given `read` for all that only reads. */
export class PermissionBundles {
  private readonly byName: ReadonlyMap<string, readonly string[]>

  /** Throws `setting_invalid` for a name that is none and for a list that is empty or names another bundle. */
  constructor(bundles: Readonly<Record<string, readonly string[]>> = {}) {
    this.byName = new Map(Object.entries(bundles))
    for (const [name, permissions] of this.byName) {
      const isList = Array.isArray(permissions) && permissions.length > 0
      if (
        !NAME.test(name) ||
        !isList ||
        permissions.some((each) => typeof each !== 'string' || this.byName.has(each))
      ) {
        throw kitErrors.setting_invalid(`the permission bundle ${name} must be a list of methods and patterns`)
      }
    }
  }

  /** What a list of permissions stands for. */
  expand(permissions: string[]): string[] {
    if (!permissions.some((each) => this.byName.has(each))) return permissions
    return [...new Set(permissions.flatMap((each) => this.byName.get(each) ?? [each]))]
  }

  /** The first permission that is not among those of the caller. A bundle is missing where a part of it is. */
  findMissing(asked: string[], caller: readonly string[]): string | undefined {
    return this.expand(asked).find((each) => !isPermitted(caller, each))
  }
}
