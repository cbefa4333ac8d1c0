using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>The processes of a PostgreSQL server on this machine: the postmaster and all that it has started.</summary>
internal sealed class ServerProcesses
{
    private readonly int _postmaster;

    private ServerProcesses(int postmaster) => _postmaster = postmaster;

    /// <summary>The server at the other end; <see langword="null"/> when its processes are not to be seen from here.</summary>
    public static ServerProcesses? Behind(NpgsqlConnection connection)
    {
        if (ProcessTimes.Of(connection.ProcessID) is not { Command: "postgres" } backend)
            return null;

        return ProcessTimes.Of(backend.Parent) is { Command: "postgres" or "postmaster" } ? new(backend.Parent) : null;
    }

    /// <summary>What all of them have used so far, those that have ended included: their time went to the postmaster.</summary>
    public TimeSpan CpuTime()
    {
        var postmaster = ProcessTimes.Of(_postmaster) ?? throw new InvalidOperationException("The PostgreSQL server ended during the measurement.");
        return ProcessTimes.ChildrenOf(_postmaster).Aggregate(postmaster.Own + postmaster.Ended, (sum, child) => sum + child.Own + child.Ended);
    }
}
