import type { ModulesContainer } from '@nestjs/core'
import type { Type } from '@nestjs/common'

/** Nest's own record of one import of a module. */
type ImportedModule = ModulesContainer extends Map<string, infer Value> ? Value : never

/** The imports of one module class in an application, and which of them serves it. */
export class ModuleImports {
  /** The first that was given options, else the first. It writes the wide lines. */
  readonly primary: ImportedModule | undefined
  private readonly all: readonly ImportedModule[]

  constructor(
    private readonly modules: ModulesContainer,
    moduleClass: Type,
    private readonly optionsToken: string | symbol,
  ) {
    this.all = [...modules.values()].filter((each) => each.metatype === moduleClass)
    this.primary = this.all.find((each) => each.providers.has(optionsToken)) ?? this.all[0]
  }

  /** What is wrong with the import of this instance of the module, or undefined. */
  problemOf(instance: object): string | undefined {
    const own = this.all.find((each) => each.instance === instance)
    if (own === undefined) return undefined
    const isBare = !own.providers.has(this.optionsToken)
    const where = this.importersOf(own)
    if (own !== this.primary) {
      const remedy = 'import it once, in the root module, or forFeature() elsewhere'
      return `LoggerModule is imported twice${isBare ? ', here without forRoot()' : ''}${where}: the ${
        this.primary?.providers.has(this.optionsToken) === true ? 'configured' : 'first'
      } import writes the wide lines; ${remedy}`
    }
    return isBare
      ? `LoggerModule is imported without forRoot()${where}: its defaults hold, and only modules that import it can inject loggers`
      : undefined
  }

  private importersOf(own: ImportedModule): string {
    const names = [...this.modules.values()]
      .filter((each) => each.imports.has(own) && !own.isGlobal)
      .map((each) => each.name)
    return names.length === 0 ? '' : ` by ${names.join(', ')}`
  }
}
