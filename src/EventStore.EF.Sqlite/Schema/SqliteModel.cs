using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace EventStore.EF.Sqlite.Schema;

/// <summary>The model's SQLite settings: the database's clock, JSON as text, positions that are never assigned twice.</summary>
internal static class SqliteModel
{
    /// <summary>
    /// Without this converter, EF Core's parameters have a different format from stored times, and comparing them goes wrong.
    /// </summary>
    private static readonly ValueConverter<DateTime, string> Time = new(time => SqliteTime.Text(time), text => SqliteTime.Parse(text));

    public static void Configure(ModelBuilder model)
    {
        // Integer keys are AUTOINCREMENT by EF Core's convention: without it, SQLite would assign the last position again after its event
        // was deleted.
        model.Entity<StoredStream>().Property(row => row.CreatedAt).HasDefaultValueSql(SqliteTime.Now);
        model.Entity<StoredStream>().Property(row => row.LastActivityAt).HasDefaultValueSql(SqliteTime.Now);
        model.Entity<StoredLink>(link =>
        {
            link.Property(row => row.StreamId).ValueGeneratedNever();
            link.Property(row => row.Number).ValueGeneratedNever();
        });
        model.Entity<StoredSnapshot>(snapshot =>
        {
            snapshot.ToTable(table => table.HasCheckConstraint(
                "ck_eventstore_snapshots_json", "(data IS NULL OR json_valid(data)) AND (metadata IS NULL OR json_valid(metadata))"));
            snapshot.Property(row => row.CreatedAt).HasDefaultValueSql(SqliteTime.Now);
        });
        model.Entity<StoredEvent>(@event =>
        {
            @event.ToTable(table => table.HasCheckConstraint(
                "ck_eventstore_events_json", "(data IS NULL OR json_valid(data)) AND (metadata IS NULL OR json_valid(metadata))"));
            @event.Property(row => row.CreatedAt).HasDefaultValueSql(SqliteTime.Now);

            // A JSON array; null until there are any tags.
            @event.Property<string>("Tags").HasColumnName("tags").HasColumnOrder(14).IsRequired(false);
        });
        model.Entity<StoredSubscription>().Property(row => row.CreatedAt).HasDefaultValueSql(SqliteTime.Now);
        model.Entity<StoredParkedEvent>().Property(row => row.ParkedAt).HasDefaultValueSql(SqliteTime.Now);
        model.Entity<StoreInfo>().Property(row => row.CreatedAt).HasDefaultValueSql(SqliteTime.Now);
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (property.ClrType == typeof(DateTime) || property.ClrType == typeof(DateTime?))
                property.SetValueConverter(Time);
        }
    }
}
