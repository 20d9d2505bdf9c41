import { registerAjvFormats, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Flaw } from '../core/errors.ts';

/**
 * Validates by the TypeBox schemas: query and path texts are read as the numbers and booleans they stand for, a JSON body has to
 * have the types it is said to have. Unknown members are refused rather than dropped.
 */
export function useTypeBox(app: FastifyInstance): void {
  registerAjvFormats();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
}

/** As many as help; an answer must not grow with what was sent. */
const MAX_FLAWS = 20;

type ValidationErrors = NonNullable<FastifyError['validation']>;

/** `path` is a JSON pointer into a body, and the plain name of a query or path parameter. */
export function flawsOfValidation(
  errors: ValidationErrors,
  context: FastifyError['validationContext'] = 'body',
): Flaw[] {
  return errors
    .flatMap(flawsOf)
    .slice(0, MAX_FLAWS)
    .map(({ path, message }) => ({ path: context === 'body' ? path : path.slice(1), message }));
}

function flawsOf({
  keyword,
  instancePath,
  params,
  message = 'is not valid',
}: ValidationErrors[number]): Flaw[] {
  switch (keyword) {
    case 'required':
      return members(params['requiredProperties'], instancePath, 'is required');
    case 'additionalProperties':
      return members(params['additionalProperties'], instancePath, 'is not known here');
    case 'boolean':
      // The same finding as additionalProperties, told from the member's side.
      return [];
    case 'enum':
      return [{ path: instancePath, message: `must be one of ${texts(params['allowedValues']).join(', ')}` }];
    default:
      return [{ path: instancePath, message }];
  }
}

function members(names: unknown, parent: string, message: string): Flaw[] {
  return texts(names).map((name) => ({
    path: `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    message,
  }));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
