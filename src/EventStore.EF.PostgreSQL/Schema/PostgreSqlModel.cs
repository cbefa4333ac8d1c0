using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace EventStore.EF.PostgreSQL.Schema;

/// <summary>The model's PostgreSQL settings: column types, collations, and defaults from the server's clock.</summary>
internal static class PostgreSqlModel
{
    /// <summary>An event with more bytes of payload and metadata is large. The tables' partial indexes contain the large ones.</summary>
    public const int LargeEvent = 8192;

    private const string Clock = "clock_timestamp()";

    // Names are compared byte by byte: the database's own collation may treat two names as equal, or change with the operating system.
    private const string Ordinal = "C";

    private static readonly ValueConverter<DateTime, DateTime> InUtc = new(time => StoredTime.Utc(time), time => StoredTime.Utc(time));

    private static bool IsLegacy => AppContext.TryGetSwitch("Npgsql.EnableLegacyTimestampBehavior", out var isLegacy) && isLegacy;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<StoredStream>(stream =>
        {
            stream.Property(row => row.Id).UseIdentityByDefaultColumn();
            stream.Property(row => row.Name).HasColumnType("text").UseCollation(Ordinal);
            stream.Property<string>(EventStoreModel.Tenant).HasColumnType("text").UseCollation(Ordinal);
            stream.Property(row => row.CreatedAt).HasDefaultValueSql(Clock);
            stream.Property(row => row.LastActivityAt).HasDefaultValueSql(Clock);

            // Each append rewrites its stream's row: room in the page keeps the new version beside the old one (a HOT update).
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

            // The bytes of payload and metadata, which limit pages. They are counted once, when the event is written: for a compressed
            // value, the server would have to unpack it to know its size.
            @event.Property<int>("Size").HasColumnName("size").HasColumnOrder(6).HasComputedColumnSql(
                "coalesce(octet_length(data::text), octet_length(data_binary)) + coalesce(octet_length(metadata::text), 0)", stored: true);

            // Tags are stored with the event and found by event_tags; null, which takes no room, until there are any.
            @event.Property<string[]>("Tags").HasColumnName("tags").HasColumnOrder(14);

            // Finds ranges of time in a table of any size, and takes a few kilobytes: rows are stored in the order of their creation.
            @event.HasIndex(row => row.CreatedAt).HasMethod("brin").HasStorageParameter("pages_per_range", 32)
                .HasDatabaseName("ix_eventstore_events_created_at");

            // Indexes of the large events, across all events and per stream: pages end at them. They contain no other events.
            @event.HasIndex(row => row.Position, "ix_eventstore_events_large")
                .HasDatabaseName("ix_eventstore_events_large").HasFilter($"size > {LargeEvent}");
            @event.HasIndex([nameof(StoredEvent.StreamId), nameof(StoredEvent.Version)], "ix_eventstore_events_large_of_stream")
                .HasDatabaseName("ix_eventstore_events_large_of_stream").HasFilter($"size > {LargeEvent}");
        });
        KeepAppendOnly(model.Entity<StoredEvent>());
        KeepAppendOnly(model.Entity<StoredLink>());
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

            // Set explicitly: with Npgsql's legacy switch it would be a time without a zone, and LINQ would return local times.
            property.SetColumnType("timestamp with time zone");
            if (IsLegacy)
                property.SetValueConverter(InUtc);
        }
    }

    /// <summary>
    /// Rows are inserted and never updated, so pages are filled; and VACUUM visits them after a fixed number of new rows, which freezes a
    /// little at a time, rather than after a fraction of a table that grows for years.
    /// </summary>
    private static void KeepAppendOnly<TRow>(EntityTypeBuilder<TRow> rows)
        where TRow : class
        => rows.HasStorageParameter("fillfactor", 100)
            .HasStorageParameter("autovacuum_vacuum_insert_scale_factor", 0)
            .HasStorageParameter("autovacuum_vacuum_insert_threshold", 1_000_000);
}
