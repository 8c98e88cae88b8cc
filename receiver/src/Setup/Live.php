<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\BelowZero;
use Chekpost\Office\Mistake;
use Chekpost\Office\Office;
use Chekpost\Office\Words;
use Chekpost\Settings;

/**
 * The switch between "receipts wait" and "receipts are booked". It is not turned on before a sale below zero can be
 * booked, unless the owner has confirmed in writing that such receipts wait for a person.
 */
final class Live
{
    public const SENTENCE = 'чеки, на которые не хватает остатка, ждут человека';
    private const COMMAND = 'php local/chekpost/install.php live --yes --name "Имя Фамилия" --sentence "'
        . self::SENTENCE . '"';

    private Office $office;
    private bool $isConsole;

    /** @param bool $isConsole whether a refusal speaks of a command's options or of a page's fields */
    public function __construct(Office $office, bool $isConsole)
    {
        $this->office = $office;
        $this->isConsole = $isConsole;
    }

    /**
     * @param string $name of the owner, and
     * @param string $sentence the promise as he has typed it; both are needed only where stock may not fall below zero
     */
    public function on(string $name, string $sentence): void
    {
        $settings = $this->office->settings;
        $this->refuseBlocked($settings);
        $verdict = BelowZero::look($this->office->site, $this->office->database, $settings);
        if (!$verdict->can && $settings->shortConfirmed === '') {
            $this->confirm($verdict, $name, $sentence);
        }
        $this->office->site->keep('live', 'Y');
        $this->office->audit('live-on', null, ['belowZero' => $verdict->can]);
    }

    public function off(): void
    {
        $this->office->site->keep('live', 'N');
        $this->office->audit('live-off', null, []);
    }

    private function refuseBlocked(Settings $settings): void
    {
        foreach ((new Check($this->office))->findings($settings) as $finding) {
            if ($finding->blocks) {
                throw new Mistake($finding->title . ': ' . $finding->text . '. ' . Words::sentence($finding->mend));
            }
        }
    }

    private function confirm(BelowZero $verdict, string $name, string $sentence): void
    {
        $name = trim($name);
        if ($name === '' && trim($sentence) === '') {
            throw new Mistake('Приём не включён: ' . $verdict->text . '. '
                . Words::sentence($verdict->mend) . '. Либо подтвердите ' . ($this->isConsole
                ? 'письменно, что такие чеки ждут: ' . self::COMMAND
                : 'ниже, что такие чеки ждут.'));
        }
        if (mb_strlen($name) < 5 || mb_strlen($name) > 100 || self::bare($sentence) !== self::bare(self::SENTENCE)) {
            throw new Mistake('Не подтверждено: ' . ($this->isConsole
                ? self::COMMAND
                : 'впишите имя и фамилию и слова «' . self::SENTENCE . '»'));
        }
        $confirmed = $name . ', ' . gmdate('d.m.Y H:i', $this->office->clock->now()) . ' UTC: «' . self::SENTENCE . '»';
        $this->office->site->keep('shortConfirmed', $confirmed);
        $this->office->audit('short-confirmed', null, ['name' => $name, 'sentence' => self::SENTENCE]);
    }

    private static function bare(string $sentence): string
    {
        return (string) preg_replace('/[^а-яё]+/u', ' ', mb_strtolower(trim($sentence, " \t\n.«»\"")));
    }
}
