import type { Request } from 'express'
import { pathOf } from '../http/index.js'

/**
 * The template of the route that matched, with the path its router is mounted on.
 *
 * When an error leaves a mounted router, Express has taken the mount path off `req.baseUrl` again; the template's own
 * segments then tell how much of the request's path stood before it.
 */
export function routeOf(request: Request): string {
  const template: unknown = (request.route as { path?: unknown } | undefined)?.path
  if (typeof template !== 'string') return template === undefined ? '' : request.baseUrl + pathText(template)
  const mount = request.baseUrl === '' ? mountOf(pathOf(request.originalUrl), template) : request.baseUrl
  return template === '/' && mount !== '' ? mount : mount + template
}

/** A route's path may be a regular expression, or several paths. */
function pathText(template: unknown): string {
  if (Array.isArray(template)) return `(${template.map(pathText).join('|')})`
  return template instanceof RegExp ? template.source : typeof template === 'string' ? template : ''
}

function mountOf(path: string, template: string): string {
  if (template.includes('*') || template.includes('{')) return ''
  const parts = segments(path)
  return parts
    .slice(0, Math.max(0, parts.length - segments(template).length))
    .map((part) => `/${part}`)
    .join('')
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}
