namespace EventStore.EF.TestDatabases;

/// <summary>No PostgreSQL server is to be had on this machine.</summary>
public sealed class PostgreSqlUnavailableException : Exception
{
    internal PostgreSqlUnavailableException(IEnumerable<string> reasons)
        : base($"No PostgreSQL to test against: {string.Join("; ", reasons)}. Install the package 'postgresql', start a container engine, " +
            $"or name a server in {PostgreSqlServer.Variable}.")
    {
    }
}
