/** The receiver's PHP runs on 7.4 and later, and asks Bitrix in two files only. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { usesOfBitrix, youngerThan74 } from './php/source.ts'

const root = fileURLToPath(new URL('../../receiver/', import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.php'))
const product = files.filter((name) => !name.startsWith('tests/'))
/** Where a sale, and where setup, back office and agents ask Bitrix. */
const homes = ['src/Bitrix.php', 'src/Office/Site.php']

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const wrongIn = (names: readonly string[], look: (source: string) => string[]) =>
  names.flatMap((name) => look(read(name)).map((wrong) => `receiver/${name}:${wrong}`))

test('no source needs more than PHP 7.4', () => {
  expect(wrongIn(files, youngerThan74)).toEqual([])
})

test('Bitrix is asked in its two homes only', () => {
  expect(product.filter((name) => homes.includes(name)).sort()).toEqual(homes)
  expect(
    wrongIn(
      product.filter((name) => !homes.includes(name)),
      usesOfBitrix,
    ),
  ).toEqual([])
})

test('every source is strict about types and not over 400 lines', () => {
  const loose = files.filter(
    (name) => !/^<\?php\n(?:\n\/\*\*[\s\S]*?\*\/\n)?\ndeclare\(strict_types=1\);\n/.test(read(name)),
  )
  const long = files.filter((name) => read(name).split('\n').length - 1 > 400)
  expect({ loose, long }).toEqual({ loose: [], long: [] })
})

test.each([
  'class A { public function __construct(private int $a) {} }',
  '$a = match ($b) { 1 => 2 };',
  'enum A { case B; }',
  'function f(int|string $a) {}',
  'class A { public int|string $a; }',
  'function f(): int|string {}',
  'function f(A&B $a) {}',
  'f(a: 1);',
  '$a?->b();',
  'function f(int $a, ) {}',
  '$f = function () use ($a, ) {};',
  'class A { public readonly int $a; }',
  '$f = strlen(...);',
  '$a = $b ?? throw new Exception();',
  'try {} catch (Exception) {}',
  'class A { function f(): static {} }',
  'function f(mixed $a) {}',
  'function f(): never {}',
  'function f(): null {}',
  '$a = $b::class;',
  '\n#[A]\nclass B {}',
  'class A { function f(B $b = new B()) {} }',
  'class A { final const B = 1; }',
  '$a = 0o17;',
  `$a = "\${b}";`,
  'str_contains($a, $b);',
  '\\array_is_list($a);',
  'new \\WeakMap();',
  'utf8_encode($a);',
  'DateTimeImmutable::createFromInterface($a);',
  '$a = ;',
])('is seen to be younger than 7.4: %s', (code) => {
  expect(youngerThan74(`<?php ${code}`)).not.toEqual([])
})

test.each([
  'class A { private ?int $a = null; public function f(): ?string { return fn (int $x): int => $x + 1; } }',
  '$a ??= 1; $b = [...$a]; f($a, ); $c = A::class; $d = static::class; $e = "{$a} $b";',
  '// match, enum and str_contains are only spoken of',
  'abstract class A { abstract function f(int ...$a): iterable; }',
])('is known to be old enough: %s', (code) => {
  expect(youngerThan74(`<?php ${code}`)).toEqual([])
})

test.each([
  'use Bitrix\\Main\\Loader;',
  'use Bitrix\\Main\\{Loader, Application as X};',
  '\\Bitrix\\Main\\Loader::includeModule("a");',
  '\\CCatalogDocs::add([]);',
  'CAgent::AddAgent("");',
  'function f(\\CUser $x) {}',
  'global $USER;',
  '$GLOBALS["APPLICATION"]->x();',
  'check_bitrix_sessid();',
  '\\LocalRedirect("/");',
])('is seen to ask Bitrix: %s', (code) => {
  expect(usesOfBitrix(`<?php ${code}`)).not.toEqual([])
})

test.each([
  '// CCatalogDocs::add',
  '$a = "CCatalogDocs";',
  'namespace Chekpost; function f(Bitrix $x) {} $x->conductDocument(1);',
])('is known not to: %s', (code) => {
  expect(usesOfBitrix(`<?php ${code}`)).toEqual([])
})
