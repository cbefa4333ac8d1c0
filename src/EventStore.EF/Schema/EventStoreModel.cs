using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Schema;

/// <summary>The part of the model that is the same in every database. Providers add types, collations and defaults.</summary>
internal static class EventStoreModel
{
    /// <summary>The schema's name in the model and the migrations; at run time the configured name replaces it.</summary>
    public const string Schema = SchemaName.Default;

    /// <summary>Stored in <c>subscriptions.stream</c> for a subscription to all events. No stream can have this name.</summary>
    public const string All = "$all";

    /// <summary>
    /// The property of a stream's tenant. Every stream belongs to the tenant without a name; the column is part of the first release's
    /// schema so that tenants need no rewrite later.
    /// </summary>
    public const string Tenant = "Tenant";

    public static void Configure(ModelBuilder model)
    {
        model.HasDefaultSchema(Schema);
        model.Entity<StoredStream>(stream =>
        {
            stream.ToTable("streams");
            stream.HasKey(row => row.Id).HasName("pk_eventstore_streams");
            stream.Property<string>(Tenant).IsRequired().HasColumnName("tenant").HasDefaultValue("");
            stream.HasIndex(Tenant, nameof(StoredStream.Name)).IsUnique().HasDatabaseName("ux_eventstore_streams_name");
            stream.Property(row => row.Id).HasColumnName("id");
            stream.Property(row => row.Name).HasColumnName("name");
            stream.Property(row => row.Version).HasColumnName("version");
            stream.Property(row => row.KeptFrom).HasColumnName("kept_from").HasDefaultValue(1L);
            stream.Property(row => row.HasLinks).HasColumnName("has_links").HasDefaultValue(false);
            stream.Property(row => row.CreatedAt).HasColumnName("created_at");
            stream.Property(row => row.LastActivityAt).HasColumnName("last_activity_at");
            stream.Property(row => row.DeletedAt).HasColumnName("deleted_at");
            stream.Property(row => row.FirstPosition).HasColumnName("first_position").HasDefaultValue(0L);
            stream.Property(row => row.LastPosition).HasColumnName("last_position").HasDefaultValue(0L);
        });
        model.Entity<StoredEvent>(@event =>
        {
            @event.ToTable(
                "events",
                table => table.HasCheckConstraint("ck_eventstore_events_one_payload", "(data IS NULL) <> (data_binary IS NULL)"));
            @event.HasKey(row => row.Position).HasName("pk_eventstore_events");
            @event.HasIndex(row => new { row.StreamId, row.Version }).IsUnique().HasDatabaseName("ux_eventstore_events_stream_version");
            @event.HasIndex(row => row.EventId).IsUnique().HasDatabaseName("ux_eventstore_events_event_id");

            // Columns of fixed width come first: the server finds them without reading the others, and pads nothing between them.
            // PostgreSQL has one more, the sixth.
            @event.Property(row => row.Position).HasColumnName("position").HasColumnOrder(0);
            @event.Property(row => row.StreamId).HasColumnName("stream_id").HasColumnOrder(1);
            @event.Property(row => row.Version).HasColumnName("version").HasColumnOrder(2);
            @event.Property(row => row.CreatedAt).HasColumnName("created_at").HasColumnOrder(3);
            @event.Property(row => row.EventId).HasColumnName("event_id").HasColumnOrder(4);
            @event.Property(row => row.SchemaVersion).HasColumnName("schema_version").HasColumnOrder(5).HasDefaultValue(1);
            @event.Property(row => row.CorrelationId).HasColumnName("correlation_id").HasColumnOrder(7);
            @event.Property(row => row.CausationId).HasColumnName("causation_id").HasColumnOrder(8);
            @event.Property(row => row.Type).HasColumnName("type").HasColumnOrder(9);
            @event.Property(row => row.ContentType).HasColumnName("content_type").HasColumnOrder(10);
            @event.Property(row => row.Metadata).HasColumnName("metadata").HasColumnOrder(11);
            @event.Property(row => row.Data).HasColumnName("data").HasColumnOrder(12);
            @event.Property(row => row.DataBinary).HasColumnName("data_binary").HasColumnOrder(13);

            // No foreign key to streams: the append locks the stream's row in the same transaction, and the key would be checked again for
            // every event.
        });
        model.Entity<EventTag>(tag =>
        {
            tag.ToTable("event_tags");
            tag.HasKey(row => new { row.TagHash, row.Position }).HasName("pk_eventstore_event_tags");
            tag.Property(row => row.TagHash).HasColumnName("tag_hash").ValueGeneratedNever();
            tag.Property(row => row.Position).HasColumnName("position").ValueGeneratedNever();
        });
        model.Entity<StoredLink>(link =>
        {
            link.ToTable("stream_links");
            link.HasKey(row => new { row.StreamId, row.Number }).HasName("pk_eventstore_stream_links");

            // Serves two purposes: an event is linked at most once into a stream, and the links to an event are found when it is removed.
            link.HasIndex(row => new { row.Position, row.StreamId }).IsUnique().HasDatabaseName("ux_eventstore_stream_links_position");
            link.HasOne<StoredStream>()
                .WithMany()
                .HasForeignKey(row => row.StreamId)
                .OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_eventstore_stream_links_stream");
            link.HasOne<StoredEvent>()
                .WithMany()
                .HasForeignKey(row => row.Position)
                .OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_eventstore_stream_links_event");
            link.Property(row => row.StreamId).HasColumnName("stream_id");
            link.Property(row => row.Number).HasColumnName("number");
            link.Property(row => row.Position).HasColumnName("position");
        });
        model.Entity<StoredSnapshot>(snapshot =>
        {
            snapshot.ToTable(
                "snapshots",
                table => table.HasCheckConstraint("ck_eventstore_snapshots_one_payload", "(data IS NULL) <> (data_binary IS NULL)"));
            snapshot.HasKey(row => new { row.Source, row.Type }).HasName("pk_eventstore_snapshots");
            snapshot.Property(row => row.Source).HasColumnName("source");
            snapshot.Property(row => row.Type).HasColumnName("type");
            snapshot.Property(row => row.Version).HasColumnName("version");
            snapshot.Property(row => row.CreatedAt).HasColumnName("created_at");
            snapshot.Property(row => row.ContentType).HasColumnName("content_type");
            snapshot.Property(row => row.Metadata).HasColumnName("metadata");
            snapshot.Property(row => row.Data).HasColumnName("data");
            snapshot.Property(row => row.DataBinary).HasColumnName("data_binary");
        });
        model.Entity<StoredSubscription>(subscription =>
        {
            subscription.ToTable("subscriptions");
            subscription.HasKey(row => row.Id).HasName("pk_eventstore_subscriptions");
            subscription.HasIndex(row => new { row.Name, row.Stream, row.Partition })
                .IsUnique()
                .HasDatabaseName("ux_eventstore_subscriptions_name");
            subscription.Property(row => row.Id).HasColumnName("id");
            subscription.Property(row => row.Name).HasColumnName("name");
            subscription.Property(row => row.Stream).HasColumnName("stream");
            subscription.Property(row => row.Partition).HasColumnName("partition");
            subscription.Property(row => row.Partitions).HasColumnName("partitions").HasDefaultValue(1);
            subscription.Property(row => row.Position).HasColumnName("position").HasDefaultValue(0L);
            subscription.Property(row => row.StreamId).HasColumnName("stream_id");
            subscription.Property(row => row.IsPaused).HasColumnName("is_paused").HasDefaultValue(false);
            subscription.Property(row => row.Replays).HasColumnName("replays").HasDefaultValue(0L);
            subscription.Property(row => row.Owner).HasColumnName("owner");
            subscription.Property(row => row.Epoch).HasColumnName("epoch").HasDefaultValue(0L);
            subscription.Property(row => row.LeaseExpiresAt).HasColumnName("lease_expires_at");
            subscription.Property(row => row.LeaseSeconds).HasColumnName("lease_seconds");
            subscription.Property(row => row.RequestedBy).HasColumnName("requested_by");
            subscription.Property(row => row.Definition).HasColumnName("definition").HasDefaultValue(0L);
            subscription.Property(row => row.Handles).HasColumnName("handles");
            subscription.Property(row => row.DefinedAfter).HasColumnName("defined_after").HasDefaultValue(0L);
            subscription.Property(row => row.Covers).HasColumnName("covers");
            subscription.Property(row => row.IsCovered).HasColumnName("is_covered").HasDefaultValue(true).HasSentinel(true);
            subscription.Property(row => row.Handler).HasColumnName("handler");
            subscription.Property(row => row.FinishedBefore).HasColumnName("finished_before");
            subscription.Property(row => row.IsSuspected).HasColumnName("is_suspected").HasDefaultValue(false);
            subscription.Property(row => row.SuspectPlace).HasColumnName("suspect_place");
            subscription.Property(row => row.ProcessEnds).HasColumnName("process_ends");
            subscription.Property(row => row.LastError).HasColumnName("last_error");
            subscription.Property(row => row.LastErrorAt).HasColumnName("last_error_at");
            subscription.Property(row => row.CreatedAt).HasColumnName("created_at");
        });
        model.Entity<StoredParkedEvent>(parked =>
        {
            parked.ToTable("parked_events");
            parked.HasKey(row => row.Id).HasName("pk_eventstore_parked_events");
            parked.HasIndex(row => new { row.SubscriptionId, row.Place }).IsUnique().HasDatabaseName("ux_eventstore_parked_events_place");
            parked.HasIndex(row => new { row.SubscriptionId, row.Key, row.Place }).HasDatabaseName("ix_eventstore_parked_events_key");

            // Finds the next event to replay immediately, however many others are parked.
            parked.HasIndex(row => new { row.SubscriptionId, row.IsReplayRequested, row.Place })
                .HasDatabaseName("ix_eventstore_parked_events_replay");
            parked.HasOne<StoredSubscription>()
                .WithMany()
                .HasForeignKey(row => row.SubscriptionId)
                .OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_eventstore_parked_events_subscription");
            parked.Property(row => row.Id).HasColumnName("id").HasColumnOrder(0);
            parked.Property(row => row.SubscriptionId).HasColumnName("subscription_id").HasColumnOrder(1);
            parked.Property(row => row.Place).HasColumnName("place").HasColumnOrder(2);
            parked.Property(row => row.Position).HasColumnName("position").HasColumnOrder(3);
            parked.Property(row => row.ParkedAt).HasColumnName("parked_at").HasColumnOrder(4);
            parked.Property(row => row.EventId).HasColumnName("event_id").HasColumnOrder(5);
            parked.Property(row => row.Attempts).HasColumnName("attempts").HasColumnOrder(6);
            parked.Property(row => row.IsReplayRequested).HasColumnName("is_replay_requested").HasColumnOrder(7).HasDefaultValue(false);
            parked.Property(row => row.Key).HasColumnName("key").HasColumnOrder(8);
            parked.Property(row => row.Error).HasColumnName("error").HasColumnOrder(9);

            // No foreign key to events: a permanently removed event stays in the list until somebody discards it.
        });
        model.Entity<StoreInfo>(info =>
        {
            info.ToTable("store_info", table => table.HasCheckConstraint("ck_eventstore_store_info_one_row", "id = 1"));
            info.HasKey(row => row.Id).HasName("pk_eventstore_store_info");
            info.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            info.Property(row => row.StoreId).HasColumnName("store_id");
            info.Property(row => row.Epoch).HasColumnName("epoch");
            info.Property(row => row.CreatedAt).HasColumnName("created_at");
            info.Property(row => row.Engine).HasColumnName("engine");
            info.Property(row => row.PositionAllocator).HasColumnName("position_allocator");
            info.Property(row => row.CreatedBy).HasColumnName("created_by");
        });
    }
}
