namespace EventStore.EF.PostgreSQL;

/// <summary>The statements of the announcements to other processes.</summary>
internal static class NotificationStatements
{
    public const string Listen = "LISTEN \"{schema}.appended\"";

    /// <summary>$1 sender text: who hears himself stays asleep.</summary>
    public const string Notify = "SELECT pg_notify('{schema}.appended', $1)";
}
