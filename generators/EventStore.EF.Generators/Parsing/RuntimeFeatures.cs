using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The features of the runtime that the compilation targets.</summary>
internal static class RuntimeFeatures
{
    private const int FirstWithGenericAccessors = 9;

    /// <summary>Whether <c>[UnsafeAccessor]</c> works for members of generic types.</summary>
    public static bool HasGenericAccessors(Compilation compilation)
        => compilation.GetSpecialType(SpecialType.System_Object).ContainingAssembly.Identity.Version.Major >= FirstWithGenericAccessors;
}
