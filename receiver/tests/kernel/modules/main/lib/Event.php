<?php

declare(strict_types=1);

namespace Bitrix\Main;

/** What has happened. */
final class Event
{
    /** @var string */
    private $module;
    /** @var string */
    private $type;
    /** @var array<string, mixed> */
    private $parameters;
    /** @var list<mixed> */
    private $results = [];

    /** @param array<string, mixed> $parameters */
    public function __construct(string $module, string $type, array $parameters = [])
    {
        $this->module = $module;
        $this->type = $type;
        $this->parameters = $parameters;
    }

    public function getModuleId(): string
    {
        return $this->module;
    }

    public function getEventType(): string
    {
        return $this->type;
    }

    /** @return array<string, mixed> */
    public function getParameters(): array
    {
        return $this->parameters;
    }

    /** @return mixed */
    public function getParameter(string $name)
    {
        return $this->parameters[$name] ?? null;
    }

    /** @param mixed $result */
    public function addResult($result): void
    {
        $this->results[] = $result;
    }

    /** @return list<mixed> */
    public function getResults(): array
    {
        return $this->results;
    }

    public function send(): void
    {
        EventManager::getInstance()->send($this);
    }
}
