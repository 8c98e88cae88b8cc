<?php

declare(strict_types=1);

namespace Bitrix\Main;

/** A wrong argument. */
class ArgumentException extends SystemException
{
}
