namespace EventStore.EF.Faults;

/// <summary>Every fault there is.</summary>
internal static class FaultCatalogue
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new KillWriter(), new KillSubscriber(), new PausePastLease(), new ClockJump(), new DiskFull(),
        new KillBackend(), new TerminateAll(), new CrashServer(), new LoseListen(),
        new Cut(), new Delay(), new HalfOpen(), new LoseCommitAnswer(),
        new SlowMigration(), new FailedMigration(), new PgBouncerCrash(),
        new FailoverSync(), new FailoverAsync(), new DumpRestore(), new SqliteRestore(), new ServerClockBack(),
        new Conflicts(), new HeldStreams(), new LockedRow(),
        new OddErrors(), new StopTogether(), new DeadlyEvent(), new RollingDeployment(), new TransientContext(),
    ];

    public static IEnumerable<Fault> Of(Provider provider) => All.Where(fault => fault.Providers.HasFlag(provider));
}
