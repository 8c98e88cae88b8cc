<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * At most three requests inside at once: the backlog of a chain must not take every PHP worker of the shop's site.
 *
 * A slot is a locked file that holds the key in work. Whoever comes takes the lowest that is free, so all lower ones
 * are held by others at that moment, and their keys are those of now. The folder of temporary files may be everybody's:
 * the slots lie in one of our own within it, which nobody else may enter, and without that there are none.
 */
final class Slots
{
    private const COUNT = 3;

    /** @var resource|null kept open as long as the request lasts: with it the lock goes */
    private $held = null;
    private string $folder;

    /** @param string $installed the folder of this installation; another site of the server has slots of its own */
    public function __construct(string $folder, string $installed)
    {
        $this->folder = "$folder/chekpost-" . substr(sha1($installed), 0, 16);
    }

    /** Null when the request may go in, else the answer. */
    public function enter(string $key): ?Answer
    {
        if (!$this->isOurs()) {
            // No place for the files: better no limit than no receipts.
            return null;
        }
        $keys = [];
        for ($slot = 0; $slot < self::COUNT; $slot++) {
            $file = $this->open($slot);
            if ($file === null) {
                return null;
            }
            if (flock($file, LOCK_EX | LOCK_NB)) {
                return $this->take($file, $key, $keys);
            }
            $keys[] = (string) fread($file, 200);
            fclose($file);
        }
        return Answer::later(2, 'busy', 'Сайт уже принимает три чека, попробуйте чуть позже');
    }

    public function leave(): void
    {
        if ($this->held !== null) {
            ftruncate($this->held, 0);
            fclose($this->held);
            $this->held = null;
        }
    }

    /**
     * @param resource $file
     * @param list<string> $others
     */
    private function take($file, string $key, array $others): ?Answer
    {
        $key = substr($key, 0, 100);
        if ($key !== '' && in_array($key, $others, true)) {
            fclose($file);
            return Answer::error(409, 'in-work', 'Этот чек как раз проводится', ['Retry-After' => '1']);
        }
        ftruncate($file, 0);
        rewind($file);
        fwrite($file, $key);
        fflush($file);
        $this->held = $file;
        return null;
    }

    /** Is it a folder, no link to one, that belongs to this process' user and to nobody else? */
    private function isOurs(): bool
    {
        @mkdir($this->folder, 0700);
        clearstatcache(true, $this->folder);
        $found = @lstat($this->folder);
        return $found !== false
            && ($found['mode'] & 0170077) === 0040000
            && (!function_exists('posix_geteuid') || $found['uid'] === posix_geteuid());
    }

    /** @return resource|null */
    private function open(int $slot)
    {
        $path = "{$this->folder}/{$slot}.lock";
        if (@is_link($path)) {
            return null;
        }
        $file = @fopen($path, 'c+');
        return $file === false ? null : $file;
    }
}
