namespace EventStore.EF.Errors;

/// <summary>Says that the store's tables are missing, and how to create them.</summary>
internal static class MissingSchema
{
    public const string Command = "dotnet ef database update --context EventStoreDbContext";

    public static EventStoreSchemaException Exception(string schema, Exception? cause = null)
        => new(
            $"The database has no event store in schema '{schema}', or an incomplete one. " +
            $"Run '{Command}', or call MigrateOnStart() in AddEventStore.", schema, cause);
}
