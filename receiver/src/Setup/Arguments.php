<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\Mistake;

/** What was typed after the command's name: words in their order, and options that begin with `--`. */
final class Arguments
{
    private const FLAGS = ['yes', 'drop-ledger', 'off', 'help'];
    private const VALUES = ['host', 'user', 'responsible', 'site', 'mail', 'hours', 'store-id', 'returns-id', 'secret',
        'name', 'sentence', 'docroot'];

    /** @var list<string> */
    public array $words = [];
    /** @var array<string, string> */
    public array $options = [];

    /** @param list<string> $typed */
    public static function of(array $typed): self
    {
        $arguments = new self();
        while ($typed !== []) {
            $one = (string) array_shift($typed);
            if (strncmp($one, '--', 2) !== 0) {
                $arguments->words[] = $one;
                continue;
            }
            [$name, $value] = explode('=', substr($one, 2), 2) + [1 => null];
            if (in_array($name, self::FLAGS, true) && $value === null) {
                $arguments->options[$name] = 'Y';
            } elseif (in_array($name, self::VALUES, true)) {
                $value = $value ?? array_shift($typed);
                if ($value === null) {
                    throw new Mistake('После --' . $name . ' нужно значение');
                }
                $arguments->options[$name] = $value;
            } else {
                throw new Mistake('Неизвестный ключ --' . $name);
            }
        }
        return $arguments;
    }

    public function has(string $flag): bool
    {
        return isset($this->options[$flag]);
    }

    public function word(int $at): string
    {
        return $this->words[$at] ?? '';
    }

    /** @return int|null null when it was not given */
    public function number(string $name): ?int
    {
        $value = $this->options[$name] ?? null;
        if ($value === null) {
            return null;
        }
        if (preg_match('/^[1-9]\d{0,8}$/D', $value) !== 1) {
            throw new Mistake('--' . $name . ': целое число, а не «' . $value . '»');
        }
        return (int) $value;
    }
}
