namespace EventStore.EF.PostgreSQL;

/// <summary>The statements of the announcements to other processes.</summary>
internal static class NotificationStatements
{
    /// <summary>The channel on which appends are announced.</summary>
    public const string Appended = "{schema}.appended";

    /// <summary>The channel on which changes of subscriptions are announced.</summary>
    public const string Subscriptions = "{schema}.subscriptions";

    public const string Listen = $"LISTEN \"{Appended}\"; LISTEN \"{Subscriptions}\"";

    public const string Unlisten = "UNLISTEN *";

    /// <summary>
    /// $1 channel text · $2 sender text: who hears himself stays asleep. Nothing needs to be on the disk when this returns, so no flush is waited for.
    /// </summary>
    public const string Notify = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
}
