<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\ProductMap;
use Chekpost\Row;

/** What a person says of codes and names: which product one is, or that the site does not keep it. */
final class MapActions
{
    private const LARGEST_FILE = 5242880;
    private const ON_CONSOLE = 'Разделите его или загрузите на сервере: php local/chekpost/install.php map import ФАЙЛ'
        . ' --yes';

    private Office $office;
    private Form $form;
    /** @var array<array-key, mixed> */
    private array $files;
    private Retrying $retrying;

    /** @param array<array-key, mixed> $files $_FILES */
    public function __construct(Office $office, Form $form, array $files, Retrying $retrying)
    {
        $this->office = $office;
        $this->form = $form;
        $this->files = $files;
        $this->retrying = $retrying;
    }

    public function take(string $action): Outcome
    {
        switch ($action) {
            case 'map-codes':
                return $this->mapCodes();
            case 'map-remove':
                return $this->remove();
            case 'map-again':
                return $this->again();
            case 'map-file':
                return $this->checkFile();
            case 'map-file-apply':
                return $this->applyFile();
        }
        throw new Mistake('Неизвестное действие');
    }

    /** Rows of the page "unknown codes", or the one or few of a receipt. */
    private function mapCodes(): Outcome
    {
        $store = $this->store();
        $wanted = [];
        foreach ($this->form->rows('row') as $row) {
            $choice = $this->choice($row);
            if ($choice !== null) {
                $wanted[] = $choice;
            }
        }
        if ($wanted === []) {
            throw new Mistake('Ничего не выбрано: отметьте подсказку, впишите номер товара или «не ведётся»');
        }
        $this->checkProducts($wanted);
        $codes = [];
        foreach ($wanted as $one) {
            $this->put($store, $one);
            $codes[$one['kind'] . "\n" . $one['code']] = true;
        }
        $done = ['booked' => 0, 'rest' => 0];
        if ($this->retrying->markWaitingFor($codes) > 0) {
            $done = $this->retrying->runDue();
        }
        return Outcome::said($this->backTo(), 'mapped', count($wanted), $done['rest'], $this->where());
    }

    /**
     * @return array{kind: string, code: string, productId: int|null, factor: string|null}|null null: nothing was chosen
     */
    private function choice(Form $row): ?array
    {
        $kind = $row->text('kind');
        if (!in_array($kind, ProductMap::KINDS, true)) {
            return null;
        }
        $code = ProductMap::normalise($kind, $row->text('code'));
        $written = $row->text('product');
        $isNone = $row->isTicked('none');
        if ($code === '' || ($written === '' && !$isNone && !$row->isTicked('take'))) {
            return null;
        }
        $name = '«' . $row->text('code') . '»';
        if ($isNone && ($written !== '' || $row->isTicked('take'))) {
            throw new Mistake($name . ': выберите одно – товар или «не ведётся»');
        }
        $id = $written !== '' ? $row->number('product') : ($row->isTicked('take') ? $row->number('suggested') : 0);
        if ($id <= 0 && !$isNone) {
            throw new Mistake($name . ': номер товара – целое число');
        }
        $factor = Words::factor($row->text('factor'));
        if ($factor === null) {
            throw new Mistake($name . ': коэффициент – положительное число, например 0,5');
        }
        $factor = $factor === '' || $isNone ? null : $factor;
        return ['kind' => $kind, 'code' => $code, 'productId' => $isNone ? null : $id, 'factor' => $factor];
    }

    /** @param list<array{kind: string, code: string, productId: int|null, factor: string|null}> $wanted */
    private function checkProducts(array $wanted): void
    {
        $named = $this->office->products->named(array_filter(array_column($wanted, 'productId')));
        foreach ($wanted as $one) {
            $problem = $one['productId'] === null ? null : Products::problem($one['productId'], $named);
            if ($problem !== null) {
                throw new Mistake('«' . $one['code'] . '»: ' . $problem);
            }
        }
    }

    /** @param array{kind: string, code: string, productId: int|null, factor: string|null} $one */
    private function put(string $store, array $one): void
    {
        $who = $this->office->site->who();
        $this->office->database->transaction(function () use ($store, $one, $who): void {
            $this->office->map->put($store, $one['kind'], $one['code'], $one['productId'], $one['factor'], $who);
            $this->office->audit('map', null, ['store' => $store] + $one);
        });
    }

    private function remove(): Outcome
    {
        $id = $this->form->number('id');
        $rows = $this->office->database->query('SELECT * FROM chekpost_map WHERE id = ?', [$id]);
        if ($rows === []) {
            throw new Mistake('Этой связи уже нет');
        }
        $row = new Row($rows[0]);
        $this->office->database->transaction(function () use ($id, $row): void {
            $this->office->map->remove($id);
            $this->office->audit('unmap', null, ['store' => $row->text('store'), 'kind' => $row->text('kind'),
                'code' => $row->text('code'), 'productId' => $row->intOrNull('product_id')]);
        });
        $undone = $row->intOrNull('product_id') === null
            ? ['kind' => $row->text('kind'), 'code' => $row->text('code'), 'store' => $row->text('store')]
            : [];
        return Outcome::said('map', 'unmapped', 0, 0, $undone);
    }

    /** Receipts that moved nothing while a code was "not kept": on purpose, since their goods may have been counted. */
    private function again(): Outcome
    {
        $code = ['kind' => $this->form->text('kind'), 'code' => $this->form->text('code'), 'store' => $this->store()];
        $keys = (new Ignored($this->office->database))->keys($code['store'], $code['kind'], $code['code']);
        if ($keys === []) {
            throw new Mistake('Таких чеков больше нет');
        }
        $done = $this->retrying->run($keys, Retrying::SECONDS, false, null, false);
        $this->retrying->auditEach('retry');
        $this->office->audit('retry', null, $code + $done);
        $code['idle'] = (string) $done['ignored'];
        return Outcome::said('map', 'again', $done['booked'], $done['rest'], $code);
    }

    private function checkFile(): Outcome
    {
        $file = $this->files['file'] ?? null;
        if (is_array($file) && ($file['error'] ?? null) === UPLOAD_ERR_INI_SIZE) {
            throw new Mistake('Файл больше, чем принимает PHP на сайте (upload_max_filesize = '
                . ini_get('upload_max_filesize') . '). ' . self::ON_CONSOLE);
        }
        $path = is_array($file) && ($file['error'] ?? null) === UPLOAD_ERR_OK ? ($file['tmp_name'] ?? '') : '';
        if (!is_string($path) || $path === '' || !is_uploaded_file($path)) {
            throw new Mistake('Файл не пришёл: выберите его и попробуйте ещё раз (до 5 МБ)');
        }
        $bytes = (string) file_get_contents($path, false, null, 0, self::LARGEST_FILE + 1);
        if (strlen($bytes) > self::LARGEST_FILE) {
            throw new Mistake('Файл больше 5 МБ. ' . self::ON_CONSOLE);
        }
        $read = $this->mapFile()->read($bytes);
        return Outcome::shown('map', static function (Html $html) use ($read, $bytes): string {
            return MapView::dryRun($html, $read, $bytes);
        });
    }

    /** The very bytes that were looked at come back with the confirmation and are read anew. */
    private function applyFile(): Outcome
    {
        $bytes = base64_decode($this->form->text('bytes'), true);
        if ($bytes === false || $bytes === '') {
            throw new Mistake('Файл потерялся: загрузите его ещё раз');
        }
        $file = $this->mapFile();
        $read = $file->read($bytes);
        $written = $this->office->database->transaction(function () use ($file, $read): int {
            $written = $file->apply($read['rows'], $this->office->site->who());
            $this->office->audit('map-import', null, ['written' => $written, 'wrong' => count($read['wrong'])]);
            return $written;
        });
        $codes = [];
        foreach ($read['rows'] as $row) {
            $codes[$row['kind'] . "\n" . $row['code']] = true;
        }
        $rest = $this->retrying->markWaitingFor($codes) > 0 ? $this->retrying->runDue()['rest'] : 0;
        return Outcome::said('map', 'imported', $written, $rest);
    }

    private function mapFile(): MapFile
    {
        return new MapFile($this->office->map, $this->office->products);
    }

    private function store(): string
    {
        $store = $this->form->text('store');
        if (preg_match('/^[A-Za-z0-9_.-]{0,64}$/D', $store) !== 1) {
            throw new Mistake('Такого магазина нет');
        }
        return $store;
    }

    private function backTo(): string
    {
        return $this->form->text('view') === 'receipt' ? 'receipt' : 'codes';
    }

    /** @return array<string, string> */
    private function where(): array
    {
        return $this->form->text('view') === 'receipt' ? ['key' => $this->form->text('key')] : [];
    }
}
