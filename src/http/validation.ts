import { registerAjvFormats, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { System } from 'typebox/system';
import type { Flaw } from '../core/errors.ts';

/** As many as help; an answer must not grow with what was sent. */
const MAX_FLAWS = 20;

/**
 * Validates by the TypeBox schemas: query and path texts are read as the numbers and booleans they stand for, a JSON body has to
 * have the types it is said to have. Unknown members are refused rather than dropped.
 */
export function useTypeBox(app: FastifyInstance): void {
  registerAjvFormats();
  System.Settings.Set({ maxErrors: MAX_FLAWS });
  app.setValidatorCompiler<TSchema>((route) => {
    const validate = TypeBoxValidatorCompiler(route);
    if (route.httpPart !== 'querystring' && route.httpPart !== 'params') return validate;
    const numbers = wholeNumbersIn(route.schema);
    return (input: unknown) => {
      const error = numbers.flatMap((name) => flawOfNumber(name, input));
      return error.length > 0 ? { error } : validate(input);
    };
  });
}

/** The parameters that have to be whole numbers: the conversion would cut `1.5` and take `1e2`. */
function wholeNumbersIn(schema: TSchema): string[] {
  const properties: Record<string, TSchema> = 'properties' in schema ? Object(schema.properties) : {};
  return Object.keys(properties).filter((name) => Reflect.get(properties[name] ?? {}, 'type') === 'integer');
}

function flawOfNumber(name: string, input: unknown): ValidationErrors {
  const text: unknown = Reflect.get(Object(input), name);
  if (typeof text !== 'string' || /^-?[0-9]+$/.test(text)) return [];
  const message = 'must be a whole decimal number';
  return [{ keyword: 'type', instancePath: `/${name}`, schemaPath: '', params: {}, message }];
}

type ValidationErrors = NonNullable<FastifyError['validation']>;

/** `path` is a JSON pointer into a body, and the plain name of a query or path parameter. */
export function flawsOfValidation(
  errors: ValidationErrors,
  context: FastifyError['validationContext'] = 'body',
): Flaw[] {
  return errors
    .flatMap(flawsOf)
    .slice(0, MAX_FLAWS)
    .map(({ path, message }) => ({ path: context === 'body' ? path : nameIn(path), message }));
}

function flawsOf({
  keyword,
  instancePath,
  params,
  message = 'is not valid',
}: ValidationErrors[number]): Flaw[] {
  switch (keyword) {
    case 'required':
      return texts(params['requiredProperties']).map((name) => ({
        path: `${instancePath}/${name}`,
        message: 'is required',
      }));
    case 'boolean':
      return [{ path: instancePath, message: 'is not known here' }];
    case 'additionalProperties':
      // Told of each member already, by `boolean`.
      return [];
    case 'enum':
      return [{ path: instancePath, message: `must be one of ${texts(params['allowedValues']).join(', ')}` }];
    default:
      return [{ path: instancePath, message }];
  }
}

/** The name that a JSON pointer of one step stands for (RFC 6901). */
function nameIn(pointer: string): string {
  return pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
