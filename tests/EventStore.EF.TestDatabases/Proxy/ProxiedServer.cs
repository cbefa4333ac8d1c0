using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EventStore.EF.TestDatabases;

/// <summary>What every proxy of a PostgreSQL server needs to know of it.</summary>
public static class ProxiedServer
{
    /// <summary>Where the server of a connection string listens.</summary>
    public static EndPoint Of(string connectionString)
    {
        var parsed = new NpgsqlConnectionStringBuilder(connectionString);
        return parsed.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{parsed.Host}/.s.PGSQL.{parsed.Port}")
            : new DnsEndPoint(parsed.Host, parsed.Port);
    }

    /// <summary>A socket that can connect to the server.</summary>
    public static Socket NewSocket(EndPoint server) => server is UnixDomainSocketEndPoint
        ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>The connection string to the server through a proxy that listens at the loopback address.</summary>
    public static string Through(string connectionString, int port) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = IPAddress.Loopback.ToString(),
        Port = port,
        SslMode = SslMode.Disable,
    }.ConnectionString;
}
