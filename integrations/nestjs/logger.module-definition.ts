import { ConfigurableModuleBuilder, type ConfigurableModuleCls, type ConfigurableModuleHost } from '@nestjs/common'
import type { LoggerModuleExtras, LoggerModuleOptions } from './interfaces/logger-module-options.interface.js'

const definition: ConfigurableModuleHost<LoggerModuleOptions, 'forRoot', 'createLoggerOptions', LoggerModuleExtras> =
  new ConfigurableModuleBuilder<LoggerModuleOptions>({ moduleName: 'Logger' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createLoggerOptions')
    .setExtras<LoggerModuleExtras>({ isGlobal: true }, (module, extras) => ({
      ...module,
      global: extras.isGlobal !== false,
    }))
    .build()

export const ConfigurableModuleClass: ConfigurableModuleCls<
  LoggerModuleOptions,
  'forRoot',
  'createLoggerOptions',
  LoggerModuleExtras
> = definition.ConfigurableModuleClass

export const MODULE_OPTIONS_TOKEN: string | symbol = definition.MODULE_OPTIONS_TOKEN
