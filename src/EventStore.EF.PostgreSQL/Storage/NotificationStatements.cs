namespace EventStore.EF.PostgreSQL.Storage;

/// <summary>The statements that notify other processes.</summary>
internal static class NotificationStatements
{
    /// <summary>The channel on which appends are announced.</summary>
    public const string Appended = "{schema}.appended";

    /// <summary>The channel on which changes of subscriptions are announced.</summary>
    public const string Subscriptions = "{schema}.subscriptions";

    public const string Listen = $"LISTEN \"{Appended}\"; LISTEN \"{Subscriptions}\"";

    public const string Unlisten = "UNLISTEN *";

    /// <summary>
    /// Notifies. $1 channel text · $2 sender text, by which a process recognizes and ignores its own notifications. Nothing needs to be on
    /// disk when this returns, so it doesn't wait for a flush.
    /// </summary>
    public const string Notify = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
}
