using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the file of the nested types that fall into one bucket.</summary>
internal static class BucketEmitter
{
    public static SourceText Emit(string ns, BucketModel bucket) => GeneratedFile.Of(ns, [], code =>
    {
        foreach (var shape in bucket.Shapes)
            ShapeEmitter.Emit(code, shape);
    });
}
