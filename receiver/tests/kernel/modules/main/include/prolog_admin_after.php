<?php

/** The back office's design begins. */

declare(strict_types=1);

header('Content-Type: text/html; charset=UTF-8');
echo '<!DOCTYPE html><html><head><title>' . htmlspecialcharsbx($GLOBALS['APPLICATION']->GetTitle())
    . '</title></head><body><h1>' . htmlspecialcharsbx($GLOBALS['APPLICATION']->GetTitle()) . '</h1>';
