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
        array_map('unlink', (array) glob($this->folder . '/*'));
        rmdir($this->folder);
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
        symlink($target, $this->folder . '/chekpost-' . substr(sha1('/site'), 0, 16) . '-0.lock');
        self::assertNull($this->slots()->enter('key'));
        self::assertSame('precious', file_get_contents($target));
    }
}
