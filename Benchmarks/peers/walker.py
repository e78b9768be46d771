"""One peer that learns to walk: `walker.py LIMBD PROFILE STATE RECIPE SEED STEPS`, in the environment that `measure` makes.

The robot is `limbd environment`, with the same observations, rewards, ends and resets as limbd's own learner has; what is lived through is
kept in STATE, which `limbd report` judges. Irregular steps are stored like others: the libraries have no way to leave one out.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples"))

# What the profile gives limbd's learner is given to each: discount, n-step returns, warm-up, target entropy, first temperature, widths. The
# learning rate is the profile's, CrossQ's that of its authors. An actor learns once a step where the critics learn several times.
SHARED = dict(gamma=0.98, n_steps=3, learning_starts=500, target_entropy=-6.0, ent_coef="auto_0.01", batch_size=256, buffer_size=100_000)
RECIPES = {
    "sac": ("SAC", dict(learning_rate=6e-4, gradient_steps=1), {}),
    "sac-4": ("SAC", dict(learning_rate=6e-4, gradient_steps=4, policy_delay=4), {}),
    "sac-norm-4": ("SAC", dict(learning_rate=6e-4, gradient_steps=4, policy_delay=4), dict(layer_norm=True)),
    "droq-4": ("SAC", dict(learning_rate=6e-4, gradient_steps=4, policy_delay=4), dict(layer_norm=True, dropout_rate=0.01)),
    "droq-20": ("SAC", dict(learning_rate=3e-4, gradient_steps=20, policy_delay=20), dict(layer_norm=True, dropout_rate=0.01)),
    "crossq": ("CrossQ", dict(learning_rate=1e-3, gradient_steps=1), {}),
    "crossq-4": ("CrossQ", dict(learning_rate=1e-3, gradient_steps=4), {}),
}


def main():
    limbd, profile, state, recipe, seed, steps = sys.argv[1:]
    import sbx
    from limbd_gymnasium import LimbdEnv
    from stable_baselines3.common.callbacks import BaseCallback

    class Tell(BaseCallback):
        """A line an episode, on which the parent looks at the report."""

        def _on_step(self):
            if self.locals["dones"][0]:
                print(self.num_timesteps, flush=True)
            return True

    class OneLife(LimbdEnv):
        """One robot from its first step to its last: libraries seed an environment more than once, which would start another."""

        def reset(self, *, seed=None, options=None):
            return super().reset(seed=None, options=options)

    kind, options, policy = RECIPES[recipe]
    model = getattr(sbx, kind)("MlpPolicy", OneLife(profile, limbd, ["--state", state], int(seed)), seed=int(seed), policy_kwargs=dict(net_arch=[256, 256], **policy), **SHARED, **options)
    model.learn(int(steps), callback=Tell())


if __name__ == "__main__":
    main()
