using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Faults;

/// <summary>The tables that writers and projections have beside the store's, in the same database.</summary>
internal sealed class FaultContext(DbContextOptions<FaultContext> options) : DbContext(options)
{
    public const string CompanionTable = "faults_companions";
    public const string EffectTable = "faults_effects";

    public DbSet<Companion> Companions => Set<Companion>();

    public DbSet<EffectRow> Effects => Set<EffectRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Companion>().ToTable(CompanionTable).HasKey(row => row.Operation);
        modelBuilder.Entity<EffectRow>().ToTable(EffectTable);
    }
}

/// <summary>Written in one transaction with the events of an operation.</summary>
internal sealed class Companion
{
    public required string Operation { get; init; }
}

/// <summary>One effect of an event. Nothing keeps a second one out: that it happens once is for the store to see to.</summary>
internal sealed class EffectRow
{
    public long Id { get; init; }

    public required string Projection { get; init; }

    public required Guid EventId { get; init; }

    public required long Position { get; init; }
}
