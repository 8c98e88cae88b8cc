<?php

declare(strict_types=1);

/** The page: its title and the last thing that went wrong. */
class CMain
{
    /** @var ?CApplicationException */
    private $exception = null;
    /** @var string */
    private $title = '';

    /** @return CApplicationException|false */
    public function GetException()
    {
        return $this->exception ?? false;
    }

    public function ResetException(): void
    {
        $this->exception = null;
    }

    /**
     * @param CApplicationException|string $message
     * @param mixed $id
     */
    public function ThrowException($message, $id = false): void
    {
        $this->ResetException();
        $this->exception = is_object($message)
            ? $message
            : new CApplicationException((string) $message, $id === false ? '' : (string) $id);
    }

    public function SetTitle(string $title): void
    {
        $this->title = $title;
    }

    public function GetTitle(): string
    {
        return $this->title;
    }

    /** main 22: throws away what has been printed so far, through every level of buffering. */
    public function RestartBuffer(): void
    {
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
    }

    public function GetCurPage(): string
    {
        return (string) parse_url((string) ($_SERVER['REQUEST_URI'] ?? ''), PHP_URL_PATH);
    }

    public static function FinalActions(string $output = ''): void
    {
        echo $output;
        exit;
    }
}
