<?php

declare(strict_types=1);

use Bitrix\Main\Application;

/** PHP text that runs from time to time. */
class CAgent
{
    /** @return int|false */
    public static function AddAgent(
        string $name,
        string $module = '',
        string $period = 'N',
        int $interval = 86400,
        string $check = '',
        string $active = 'Y',
        string $nextExec = ''
    ) {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $text = $helper->forSql($name);
        /* main 22: the same text of the same module is not added twice. */
        if ($connection->queryScalar("SELECT ID FROM b_agent WHERE NAME = '$text'") !== null) {
            $GLOBALS['APPLICATION']->ThrowException('Агент уже существует');
            return false;
        }
        $next = $nextExec === '' ? 'NOW()' : "STR_TO_DATE('" . $helper->forSql($nextExec) . "', '%d.%m.%Y %H:%i:%s')";
        $connection->queryExecute(sprintf(
            'INSERT INTO b_agent (MODULE_ID, NAME, ACTIVE, AGENT_INTERVAL, IS_PERIOD, NEXT_EXEC)'
            . " VALUES ('%s', '%s', '%s', %d, '%s', %s)",
            $helper->forSql($module),
            $text,
            $active === 'N' ? 'N' : 'Y',
            $interval,
            $period === 'Y' ? 'Y' : 'N',
            $next
        ));
        return $connection->getInsertedId();
    }

    public static function RemoveAgent(string $name, string $module = ''): void
    {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $connection->queryExecute("DELETE FROM b_agent WHERE NAME = '" . $helper->forSql($name)
            . "' AND MODULE_ID = '" . $helper->forSql($module) . "'");
    }

    public static function RemoveModuleAgents(string $module): void
    {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $connection->queryExecute("DELETE FROM b_agent WHERE MODULE_ID = '" . $helper->forSql($module) . "'");
    }

    /**
     * main 22: the name is PHP and is run by eval; what it returns is the text of its next run, and an empty answer
     * ends it. The module is included first, and the agent of a module that is not there does not run.
     */
    public static function CheckAgents(): void
    {
        $connection = Application::getConnection();
        $due = $connection->query("SELECT * FROM b_agent WHERE ACTIVE = 'Y' AND NEXT_EXEC <= NOW() ORDER BY ID");
        foreach ($due->fetchAll() as $agent) {
            $module = (string) $agent['MODULE_ID'];
            if ($module !== '' && $module !== 'main' && !CModule::IncludeModule($module)) {
                continue;
            }
            $next = '';
            eval('$next = ' . rtrim((string) $agent['NAME'], ';') . ';');
            $id = (int) $agent['ID'];
            if ((string) $next === '') {
                $connection->queryExecute("DELETE FROM b_agent WHERE ID = $id");
                continue;
            }
            $connection->queryExecute(sprintf(
                "UPDATE b_agent SET NAME = '%s', LAST_EXEC = NOW(),"
                . ' NEXT_EXEC = DATE_ADD(NOW(), INTERVAL AGENT_INTERVAL SECOND) WHERE ID = %d',
                $connection->getSqlHelper()->forSql((string) $next),
                $id
            ));
        }
    }
}
