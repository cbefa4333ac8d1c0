namespace EventStore.EF.Telemetry;

/// <summary>The categories of the store's log entries, one for each concern.</summary>
internal static class LogCategories
{
    public const string Appends = "EventStore.EF.Appends";

    public const string Order = "EventStore.EF.Order";

    public const string Schema = "EventStore.EF.Schema";

    public const string States = "EventStore.EF.States";

    public const string Subscriptions = "EventStore.EF.Subscriptions";
}
