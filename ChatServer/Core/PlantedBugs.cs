#if MUTANTS
namespace ChatServer.Core;

/// <summary>Which planted bug is active; set before anything runs.</summary>
public static class PlantedBugs
{
    public static PlantedBug Active { get; set; }
}
#endif
