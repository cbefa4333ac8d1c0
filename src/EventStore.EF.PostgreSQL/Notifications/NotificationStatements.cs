namespace EventStore.EF.PostgreSQL;

/// <summary>The statements of the announcements to other processes.</summary>
internal static class NotificationStatements
{
    public const string Listen = "LISTEN \"{schema}.appended\"";

    public const string Unlisten = "UNLISTEN *";

    /// <summary>
    /// $1 sender text: who hears himself stays asleep. Nothing needs to be on the disk when this returns, so no flush is waited for.
    /// </summary>
    public const string Notify = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('{schema}.appended', $1)";
}
