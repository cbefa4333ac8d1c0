using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace EventStore.EF.PostgreSQL;

/// <summary>What the tables have on PostgreSQL: column types, collations, defaults by the server's clock.</summary>
internal static class PostgreSqlModel
{
    private const string Clock = "clock_timestamp()";

    // Compared byte by byte: the database's own collation may call two names equal, or change with the operating system.
    private const string Ordinal = "C";

    private static readonly ValueConverter<DateTime, DateTime> InUtc = new(time => StoredTime.Utc(time), time => StoredTime.Utc(time));

    private static bool IsLegacy => AppContext.TryGetSwitch("Npgsql.EnableLegacyTimestampBehavior", out var isLegacy) && isLegacy;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<StoredStream>(stream =>
        {
            stream.Property(row => row.Id).UseIdentityByDefaultColumn();
            stream.Property(row => row.Name).HasColumnType("text").UseCollation(Ordinal);
            stream.Property(row => row.CreatedAt).HasDefaultValueSql(Clock);
            stream.Property(row => row.LastActivityAt).HasDefaultValueSql(Clock);

            // Each append rewrites its stream's row: room in the page keeps the new version beside the old (a HOT update).
            stream.HasStorageParameter("fillfactor", 80);
        });
        model.Entity<StoredEvent>(@event =>
        {
            @event.Property(row => row.Position).UseIdentityAlwaysColumn();
            @event.Property(row => row.Type).HasColumnType("text").UseCollation(Ordinal);

            // json keeps the bytes: the order of members, U+0000 and the spelling of numbers survive. jsonb was 2.5 times slower to read.
            @event.Property(row => row.Data).HasColumnType("json");
            @event.Property(row => row.Metadata).HasColumnType("json");
            @event.Property(row => row.CreatedAt).HasDefaultValueSql(Clock);

            // The bytes of payload and metadata, by which pages are cut. Counted once, when it is written: of what is compressed, the server tells
            // how many bytes it was only by unpacking it.
            @event.Property<int>("Size").HasColumnName("size").HasColumnOrder(6).HasComputedColumnSql(
                "coalesce(octet_length(data::text), octet_length(data_binary)) + coalesce(octet_length(metadata::text), 0)", stored: true);

            // Where the next large event is, for all and for a stream: pages end there. Nothing is in them of other events.
            @event.HasIndex(row => row.Position, "ix_eventstore_events_large").HasDatabaseName("ix_eventstore_events_large").HasFilter($"size > {PageStatements.Large}");
            @event.HasIndex([nameof(StoredEvent.StreamId), nameof(StoredEvent.Version)], "ix_eventstore_events_large_of_stream")
                .HasDatabaseName("ix_eventstore_events_large_of_stream").HasFilter($"size > {PageStatements.Large}");
        });
        model.Entity<StoredSnapshot>(snapshot =>
        {
            snapshot.Property(row => row.Source).HasColumnType("text").UseCollation(Ordinal);
            snapshot.Property(row => row.Type).HasColumnType("text").UseCollation(Ordinal);
            snapshot.Property(row => row.Data).HasColumnType("json");
            snapshot.Property(row => row.Metadata).HasColumnType("json");
            snapshot.Property(row => row.CreatedAt).HasDefaultValueSql(Clock);
        });
        model.Entity<StoredSubscription>(subscription =>
        {
            subscription.Property(row => row.Id).UseIdentityByDefaultColumn();
            subscription.Property(row => row.Name).HasColumnType("text").UseCollation(Ordinal);
            subscription.Property(row => row.Stream).HasColumnType("text").UseCollation(Ordinal);
            subscription.Property(row => row.CreatedAt).HasDefaultValueSql(Clock);
        });
        model.Entity<StoredParkedEvent>(parked =>
        {
            parked.Property(row => row.Id).UseIdentityByDefaultColumn();
            parked.Property(row => row.Key).HasColumnType("text").UseCollation(Ordinal);
            parked.Property(row => row.ParkedAt).HasDefaultValueSql(Clock);
        });
        model.Entity<StoreInfo>().Property(row => row.CreatedAt).HasDefaultValueSql(Clock);
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (property.ClrType != typeof(DateTime) && property.ClrType != typeof(DateTime?))
                continue;

            // Said outright: with Npgsql's legacy switch it would be a time without a zone, and LINQ would get local times.
            property.SetColumnType("timestamp with time zone");
            if (IsLegacy)
                property.SetValueConverter(InUtc);
        }
    }
}
