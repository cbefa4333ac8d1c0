using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>The context of the suites' projections.</summary>
public sealed class TallyContext(DbContextOptions<TallyContext> options) : DbContext(options)
{
    /// <summary>The SQL that makes the table.</summary>
    public const string Table = "CREATE TABLE tallies (stream varchar(255) NOT NULL PRIMARY KEY, events int NOT NULL, total bigint NOT NULL)";

    /// <summary>One row for each stream.</summary>
    public DbSet<StreamTally> Tallies => Set<StreamTally>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<StreamTally>(tally =>
        {
            tally.ToTable("tallies").HasKey(row => row.Stream);
            tally.Property(row => row.Stream).HasColumnName("stream");
            tally.Property(row => row.Events).HasColumnName("events");
            tally.Property(row => row.Total).HasColumnName("total");
        });
    }
}

/// <summary>What a projection makes of a stream. An event that took effect twice, or not at all, shows.</summary>
public sealed class StreamTally
{
    /// <summary>The stream.</summary>
    public required string Stream { get; init; }

    /// <summary>How many of its events were applied.</summary>
    public int Events { get; set; }

    /// <summary>What they add up to; the order of the events shows in it.</summary>
    public long Total { get; set; }

    /// <summary>Applies an event.</summary>
    public void Apply(int number)
    {
        Events++;
        Total = unchecked((Total * 31) + number);
    }
}
