<?php

declare(strict_types=1);

namespace Chekpost\Setup;

/** One thing that was looked at: how it is and, unless it is right, how to mend it. */
final class Finding
{
    public const OK = 'ok';
    public const WARNING = 'warning';
    public const WRONG = 'wrong';

    public string $level;
    public string $title;
    public string $text;
    public string $mend;
    /** Nothing can be installed until it is mended. */
    public bool $blocks;

    private function __construct(string $level, string $title, string $text, string $mend, bool $blocks)
    {
        $this->level = $level;
        $this->title = $title;
        $this->text = $text;
        $this->mend = $mend;
        $this->blocks = $blocks;
    }

    public static function ok(string $title, string $text): self
    {
        return new self(self::OK, $title, $text, '', false);
    }

    public static function warning(string $title, string $text, string $mend): self
    {
        return new self(self::WARNING, $title, $text, $mend, false);
    }

    /** Receipts would be parked or lost sight of, but the receiver can be installed. */
    public static function wrong(string $title, string $text, string $mend): self
    {
        return new self(self::WRONG, $title, $text, $mend, false);
    }

    /** The receiver cannot work here: it is not installed. */
    public static function blocking(string $title, string $text, string $mend): self
    {
        return new self(self::WRONG, $title, $text, $mend, true);
    }

    public function word(): string
    {
        return [self::OK => 'хорошо', self::WARNING => 'внимание', self::WRONG => 'неверно'][$this->level];
    }
}
