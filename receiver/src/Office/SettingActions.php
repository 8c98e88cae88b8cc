<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\RegisterRow;
use Chekpost\SaleBody;
use Chekpost\Settings;
use Chekpost\Setup\Live;
use Chekpost\Watch\Silence;

/** Registers with their secrets, and the receiver's settings. */
final class SettingActions
{
    private const MOST_SECRETS = 3;

    private Office $office;
    private Form $form;
    private Retrying $retrying;

    public function __construct(Office $office, Form $form, Retrying $retrying)
    {
        $this->office = $office;
        $this->form = $form;
        $this->retrying = $retrying;
    }

    public function take(string $action): Outcome
    {
        switch ($action) {
            case 'register-save':
                return $this->saveRegister();
            case 'register-switch':
                return $this->switchRegister();
            case 'secret-add':
                return $this->addSecret();
            case 'secret-remove':
                return $this->removeSecret();
            case 'settings-save':
                return $this->saveSettings();
            case 'live-on':
                (new Live($this->office, false))->on($this->form->text('name'), $this->form->text('sentence'));
                return Outcome::said('settings', 'live');
            case 'live-off':
                (new Live($this->office, false))->off();
                return Outcome::said('settings', 'not-live');
            case 'moved':
                return $this->moved();
        }
        throw new Mistake('Неизвестное действие');
    }

    /** A register's stores; a new one comes with its first secret. */
    private function saveRegister(): Outcome
    {
        $id = $this->form->text('id');
        $register = $this->office->registers->find($id);
        $action = $register === null ? 'register-added' : 'register';
        if ($register === null) {
            $register = self::newRegister($id, $this->form->text('secret'), $this->office->now());
        }
        $register->storeId = $this->storeOf('store');
        $register->returnsStoreId = $this->storeOf('returns');
        $this->office->database->transaction(function () use ($register, $action): void {
            $this->office->registers->save($register);
            $this->office->audit($action, null, ['id' => $register->id, 'store' => $register->storeId,
                'returns' => $register->returnsStoreId]);
        });
        if ($this->retrying->markStoreOf($register->id) > 0) {
            $this->retrying->runDue();
        }
        return Outcome::said('registers', 'register', 0, 0, ['id' => $register->id]);
    }

    public static function newRegister(string $id, string $secret, string $now): RegisterRow
    {
        if (preg_match(SaleBody::REGISTER_ID, $id) !== 1) {
            throw new Mistake('Имя кассы – «магазин/касса», как в программе кассы: например shop-12/till-1');
        }
        $register = new RegisterRow($id);
        $register->secrets = [['secret' => self::checkedSecret($secret), 'since' => $now]];
        return $register;
    }

    public static function checkedSecret(string $secret): string
    {
        $encoded = strncmp($secret, 'whsec_', 6) === 0 ? substr($secret, 6) : '';
        $key = base64_decode($encoded, true);
        if ($key === false || $encoded === '' || base64_encode($key) !== $encoded) {
            throw new Mistake('Это не секрет: он начинается с whsec_ и копируется целиком, без пробелов и переносов');
        }
        if (strlen($key) < 24 || strlen($key) > 64) {
            throw new Mistake('В секрете ' . strlen($key) . ' байт, нужно от 24 до 64');
        }
        return $secret;
    }

    private function storeOf(string $field): ?int
    {
        $id = $this->form->number($field);
        if ($id === 0) {
            return null;
        }
        if (!isset($this->office->products->stores()[$id])) {
            throw new Mistake('Склада ' . $id . ' на сайте нет');
        }
        return $id;
    }

    private function switchRegister(): Outcome
    {
        $register = $this->register();
        $register->enabled = !$register->enabled;
        $this->office->database->transaction(function () use ($register): void {
            $this->office->registers->save($register);
            $this->office->audit('register', null, ['id' => $register->id, 'enabled' => $register->enabled]);
        });
        return Outcome::said('registers', 'register', 0, 0, ['id' => $register->id]);
    }

    private function addSecret(): Outcome
    {
        $register = $this->register();
        $secret = self::checkedSecret($this->form->text('secret'));
        if (in_array($secret, $register->secretTexts(), true)) {
            throw new Mistake('Этот секрет у кассы уже есть');
        }
        if (count($register->secrets) >= self::MOST_SECRETS) {
            throw new Mistake('У кассы уже ' . self::MOST_SECRETS . ' секрета: удалите старый');
        }
        $register->secrets[] = ['secret' => $secret, 'since' => $this->office->now()];
        return $this->keepSecrets($register, 'secret-added', 'secret');
    }

    private function removeSecret(): Outcome
    {
        $register = $this->register();
        $left = array_values(array_filter($register->secrets, function (array $one): bool {
            return self::printOf($one['secret']) !== $this->form->text('print');
        }));
        if (count($left) === count($register->secrets)) {
            throw new Mistake('Такого секрета у кассы нет');
        }
        if ($left === []) {
            throw new Mistake('Это последний секрет кассы: сначала добавьте новый, или отключите кассу');
        }
        $register->secrets = $left;
        return $this->keepSecrets($register, 'secret-removed', 'secret-gone');
    }

    /** By which a secret is told from another without being shown. */
    public static function printOf(string $secret): string
    {
        return substr(hash('sha256', $secret), 0, 8);
    }

    private function keepSecrets(RegisterRow $register, string $action, string $said): Outcome
    {
        $this->office->database->transaction(function () use ($register, $action): void {
            $this->office->registers->save($register);
            $prints = array_map([self::class, 'printOf'], $register->secretTexts());
            $this->office->audit($action, null, ['id' => $register->id, 'secrets' => $prints]);
        });
        return Outcome::said('registers', $said, 0, 0, ['id' => $register->id]);
    }

    private function register(): RegisterRow
    {
        $register = $this->office->registers->find($this->form->text('id'));
        if ($register === null) {
            throw new Mistake('Такой кассы нет');
        }
        return $register;
    }

    private function saveSettings(): Outcome
    {
        $mail = $this->form->text('ownerMail');
        if ($mail !== '' && filter_var($mail, FILTER_VALIDATE_EMAIL) === false) {
            throw new Mistake('Почта «' . $mail . '» написана неверно');
        }
        $hours = $this->form->text('tradingHours');
        if (!Silence::isHours($hours)) {
            throw new Mistake('Часы торговли пишутся так: 09:00-21:00');
        }
        $article = $this->form->text('articleProperty');
        if (preg_match('/^[A-Za-z0-9_]{0,50}$/D', $article) !== 1) {
            throw new Mistake('Код свойства – латинские буквы, цифры и подчёркивание, например CML2_ARTICLE');
        }
        $new = [
            'ownerMail' => $mail,
            'tradingHours' => $hours,
            'articleProperty' => $article,
            'clearTagCache' => $this->form->isTicked('clearTagCache') ? 'Y' : 'N',
            'userId' => (string) $this->person('userId'),
            'responsibleId' => (string) $this->person('responsibleId'),
        ];
        foreach ($new as $name => $value) {
            $this->office->site->keep($name, $value);
        }
        $this->office->audit('settings', null, $new);
        return Outcome::said('settings', 'settings');
    }

    private function person(string $field): int
    {
        $id = $this->form->number($field);
        $rows = $this->office->database->query("SELECT ID FROM b_user WHERE ID = ? AND ACTIVE = 'Y'", [$id]);
        if ($rows === []) {
            throw new Mistake('Действующего пользователя ' . $id . ' на сайте нет');
        }
        return $id;
    }

    /** The site has moved: its new address is typed, so that nobody confirms a copy by habit. */
    private function moved(): Outcome
    {
        $host = $this->office->site->host();
        if ($host === '' || $this->form->text('host') !== $host) {
            throw new Mistake('Впишите адрес, по которому открыта эта страница: ' . $host);
        }
        $old = $this->office->settings->host;
        $this->office->site->keep('host', $host);
        $this->office->site->keep('place', $this->office->site->place());
        $this->office->audit('moved', null, ['from' => $old, 'to' => $host]);
        return Outcome::said('settings', 'moved');
    }
}
