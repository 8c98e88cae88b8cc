<?php

declare(strict_types=1);

namespace Chekpost;

/** One line of a receipt, with what the agent says it does to stock. */
final class SaleLine
{
    public const OUT = 'out';
    public const IN = 'in';
    public const NONE = 'none';
    public const REVIEW = 'review';

    public int $n;
    public ?string $gtin;
    public ?string $ean;
    public ?string $article;
    public ?string $name;
    /** Decimal text. */
    public ?string $quantity;
    /** @var int|string|null text of tag 1197, or the number of tag 2108 */
    public $unit;
    /** Kopecks. */
    public ?int $sum;
    public string $move;
    /** Why it moves so, in the agent's fixed English phrase. */
    public string $why;

    /**
     * The codes the line can be found by, not empty, the surest first.
     *
     * @return array<string, string> kind → code as it came
     */
    public function codes(): array
    {
        $codes = ['gtin' => $this->gtin, 'ean' => $this->ean, 'article' => $this->article, 'name' => $this->name];
        return array_filter($codes, static fn (?string $code): bool => $code !== null && trim($code) !== '');
    }
}
