<?php

declare(strict_types=1);

namespace Chekpost\Watch;

use Chekpost\Office\Words;

/** The texts of the letters: what has happened, what it means, what to do next. Pure. */
final class Letters
{
    private string $page;
    private \DateTimeZone $zone;

    /** @param string $page address of the back-office page */
    public function __construct(string $page, \DateTimeZone $zone)
    {
        $this->page = $page;
        $this->zone = $zone;
    }

    /**
     * @param array<string, int> $registers register => when it was heard last
     * @return array{string, string} subject and text
     */
    public function silent(array $registers): array
    {
        return [
            'Кассы молчат: ' . implode(', ', array_keys($registers)),
            "Два часа рабочего времени от этих касс ничего не приходило:\n\n" . $this->heard($registers) . "\n"
                . "Продажи не потеряны: они хранятся в кассе и придут, как только связь восстановится. Но пока их нет,"
                . " сайт может продать то, что в магазине уже продано.\n\n"
                . "Что сделать:\n"
                . "1. Включён ли компьютер рядом с кассой и есть ли на нём интернет?\n"
                . "2. Откройте на нём страницу http://127.0.0.1:8321 – она назовёт причину – или выполните"
                . " «chekpost status».\n"
                . "3. Если магазин сегодня закрыт, ничего делать не нужно: второго письма об этом молчании не будет.\n",
        ];
    }

    /**
     * @param array<string, int> $registers register => when it was heard last
     * @return array{string, string}
     */
    public function unreadable(array $registers, int $days): array
    {
        return [
            'Чеки скоро станут нечитаемы: ' . implode(', ', array_keys($registers)),
            "Эти кассы молчат уже больше " . $days . " дней:\n\n" . $this->heard($registers) . "\n"
                . "Фискальный накопитель хранит чеки для чтения около 30 дней. Всё, что не будет прочитано до этого"
                . " срока, придётся заносить на сайт вручную по данным ОФД.\n\n"
                . "Что сделать " . ($days >= 20 ? 'сегодня' : 'на этой неделе') . ":\n"
                . "1. Включить компьютер с программой chekpost рядом с кассой и проверить её страницу"
                . " http://127.0.0.1:8321.\n"
                . "2. Если компьютер неисправен, поставить программу на другой: она сама дочитает пропущенное.\n"
                . "3. Если касса больше не работает, выключите её на странице сайта: " . $this->page . "\n",
        ];
    }

    /**
     * @param array<string, int> $reasons reason in words => receipts
     * @return array{string, string}
     */
    public function parked(int $count, int $oldest, array $reasons): array
    {
        $list = '';
        foreach ($reasons as $reason => $number) {
            $list .= '– ' . $reason . ': ' . $number . "\n";
        }
        return [
            'Ждут решения: ' . Words::count($count, 'чек', 'чека', 'чеков') . ' больше суток',
            "Чеки магазина, которые сайт не смог провести и которые ждут больше суток (самый старый – с "
                . $this->time($oldest) . "):\n\n" . $list . "\n"
                . "Пока они ждут, остатки на сайте больше настоящих.\n\n"
                . "Что сделать: откройте страницу, укажите товары для незнакомых кодов или отклоните чек с"
                . " примечанием: " . $this->page . "\n",
        ];
    }

    /** @return array{string, string} */
    public function double(string $key, string $order): array
    {
        return [
            'Возможно, списано дважды: заказ ' . $order . ' и чек ' . $key,
            "Только что отгружен заказ сайта " . $order . ". Чек магазина " . $key . " с теми же товарами, количествами"
                . " и суммой уже был проведён.\n\n"
                . "Если это одна и та же покупка (заказ забрали в магазине), товар списан дважды.\n\n"
                . "Что сделать: сравните заказ и чек. Если покупка одна, отмените документ чека в"
                . " «Магазин – Складской учёт» и отметьте чек рассмотренным с примечанием: " . $this->page . "\n"
                . "Если покупки две, просто отметьте его рассмотренным.\n",
        ];
    }

    /**
     * @param list<string> $keys
     * @return array{string, string}
     */
    public function factsDiffer(array $keys): array
    {
        return [
            'Под номером чека пришли другие данные: ' . implode(', ', array_slice($keys, 0, 3)),
            "Для этих чеков пришёл повтор с правильной подписью, но с другим фискальным признаком, временем,"
                . " признаком расчёта или суммой:\n\n" . implode("\n", $keys) . "\n\n"
                . "Сайт ничего не изменил. Так не бывает при обычной работе: либо секрет кассы попал в чужие руки, либо"
                . " на кассе подменён накопитель.\n\n"
                . "Что сделать: сверьте чек на сайте с бумажным или с ОФД. Если на сайте не тот, отмените его документ."
                . " Смените секрет кассы: добавьте новый на странице " . $this->page
                . " («Кассы»), впишите его в файл секрета на кассе, затем удалите старый.\n",
        ];
    }

    /** @param array<string, int> $registers */
    private function heard(array $registers): string
    {
        $list = '';
        foreach ($registers as $register => $heard) {
            $list .= '– ' . $register . ': последний раз ' . $this->time($heard) . "\n";
        }
        return $list;
    }

    private function time(int $at): string
    {
        return (new \DateTimeImmutable('@' . $at))->setTimezone($this->zone)->format('d.m.Y H:i');
    }
}
