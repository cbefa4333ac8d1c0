using DotNet.Testcontainers.Configurations;
using Testcontainers.PostgreSql;

namespace EventStore.EF.TestDatabases;

/// <summary>A server in a container, where a container engine answers.</summary>
internal static class Container
{
    private const string Image = "postgres:17-alpine";

    public static async Task<(PostgreSqlContainer? Container, string Reason)> TryStartAsync(CancellationToken ct)
    {
        // Testcontainers asks each kind of engine itself, and finds none here when nobody answers.
        if (TestcontainersSettings.OS.DockerEndpointAuthConfig is null)
            return (null, "no container engine answers");

        PostgreSqlContainer? container = null;
        try
        {
            container = new PostgreSqlBuilder(Image)
                .WithCommand("-c", "max_connections=300", "-c", "max_prepared_transactions=20")
                .Build();
            await container.StartAsync(ct).ConfigureAwait(false);
            return (container, "");
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            if (container is not null)
                await container.DisposeAsync().ConfigureAwait(false);

            return (null, $"the container engine could not run {Image}: {exception.Message}");
        }
    }
}
