<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Slots;
use PHPUnit\Framework\TestCase;

final class SlotsTest extends TestCase
{
    private string $folder = '';

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/chekpost-slots-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        foreach ((array) glob($this->folder . '/*') as $path) {
            if (is_dir((string) $path) && !is_link((string) $path)) {
                array_map('unlink', (array) glob($path . '/*'));
                rmdir((string) $path);
            } else {
                unlink((string) $path);
            }
        }
        rmdir($this->folder);
    }

    private function own(string $installed = '/site'): string
    {
        return $this->folder . '/chekpost-' . substr(sha1($installed), 0, 16);
    }

    private function slots(string $installed = '/site'): Slots
    {
        return new Slots($this->folder, $installed);
    }

    public function testThreeAreLetInAndTheFourthWhenOneLeaves(): void
    {
        $inside = [$this->slots(), $this->slots(), $this->slots()];
        foreach ($inside as $at => $slots) {
            self::assertNull($slots->enter("key-$at"));
        }
        $late = $this->slots();
        $answer = $late->enter('key-3');
        self::assertNotNull($answer);
        self::assertSame([503, '2'], [$answer->status, $answer->headers['Retry-After']]);
        $inside[1]->leave();
        self::assertNull($late->enter('key-3'));
    }

    public function testTheSameKeyIsRefusedWhileItIsAtWork(): void
    {
        $first = $this->slots();
        self::assertNull($first->enter('key'));
        $twin = $this->slots()->enter('key');
        self::assertNotNull($twin);
        self::assertSame([409, '1'], [$twin->status, $twin->headers['Retry-After']]);
        self::assertNull($this->slots()->enter('other'));
        $first->leave();
        self::assertNull($this->slots()->enter('key'));
    }

    public function testADeadOnesKeyIsNoObstacle(): void
    {
        $dead = $this->slots();
        self::assertNull($dead->enter('a much longer key'));
        unset($dead); // The lock goes with the process; what it wrote stays.
        $next = $this->slots();
        self::assertNull($next->enter('key'));
        self::assertNull($this->slots()->enter('a much longer key'));
    }

    public function testAnotherSiteHasSlotsOfItsOwn(): void
    {
        $inside = [$this->slots(), $this->slots(), $this->slots()];
        foreach ($inside as $slots) {
            $slots->enter('key');
        }
        self::assertNull($this->slots('/other')->enter('key'));
    }

    public function testRequestsWithoutKeyAreNotTwins(): void
    {
        $first = $this->slots();
        self::assertNull($first->enter(''));
        self::assertNull($this->slots()->enter(''));
    }

    public function testALinkInThePlaceOfAFileIsNotFollowed(): void
    {
        $target = $this->folder . '/precious';
        file_put_contents($target, 'precious');
        mkdir($this->own(), 0700);
        symlink($target, $this->own() . '/0.lock');
        self::assertNull($this->slots()->enter('key'));
        self::assertSame('precious', file_get_contents($target));
    }

    public function testNobodyElseMayLookIntoTheFolderOfTheSlots(): void
    {
        self::assertNull($this->slots()->enter('key'));
        self::assertSame('0700', sprintf('%04o', fileperms($this->own()) & 07777));
        self::assertSame(['0.lock'], array_map('basename', (array) glob($this->own() . '/*')));
    }

    public function testAFolderThatOthersMayWriteToIsNotUsed(): void
    {
        mkdir($this->own());
        chmod($this->own(), 0777);
        self::assertNull($this->slots()->enter('key'));
        self::assertSame([], (array) glob($this->own() . '/*'));
    }

    public function testALinkInThePlaceOfTheFolderIsNotFollowed(): void
    {
        mkdir($this->folder . '/elsewhere', 0700);
        symlink($this->folder . '/elsewhere', $this->own());
        self::assertNull($this->slots()->enter('key'));
        self::assertSame([], (array) glob($this->folder . '/elsewhere/*'));
    }
}
